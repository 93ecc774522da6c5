//! A Service that a text names: the name as it is written, and the text with another one.

use std::fmt;

use crate::finding::{FieldPath, Mend};
use crate::object::{Kind, Meta, ServiceMention};

/// A Service that a text of an object names.
#[derive(Clone, Copy)]
pub(super) struct Named<'m> {
    /// The object.
    pub(super) by: &'m Meta,
    /// The name, as it is written.
    pub(super) mention: &'m ServiceMention,
    /// The namespace that is meant.
    pub(super) namespace: &'m str,
}

impl<'m> Named<'m> {
    /// What `by` names in one of its texts.
    pub(super) fn of(by: &'m Meta, mention: &'m ServiceMention) -> Self {
        Self {
            by,
            mention,
            namespace: mention.namespace.as_deref().unwrap_or(by.namespace()),
        }
    }

    /// Whether the name is the pod's own, which leads to itself.
    pub(super) fn is_own(self) -> bool {
        self.by.kind == Kind::Pod && &*self.mention.name == self.by.name()
    }

    /// The name with its port, where that is written.
    pub(super) fn with_its_port(self) -> String {
        let port = self.mention.port;
        port.map_or_else(|| self.to_string(), |port| format!("{self}:{port}"))
    }

    /// The patch that puts another port into the text at `field`.
    pub(super) fn mend_port(self, field: &FieldPath, number: u16, meant: u16) -> Option<Mend> {
        let text = self.mention.text.as_deref()?;
        let (before, after) = text.split_at_checked(self.mention.end)?;
        let after = after.strip_prefix(&format!(":{number}"))?;
        self.mend(field, format!("{before}:{meant}{after}"))
    }

    /// The patch that puts another name into the text at `field`.
    pub(super) fn mend_name(self, field: &FieldPath, meant: &str) -> Option<Mend> {
        let text = self.mention.text.as_deref()?;
        let (before, after) = text.split_at_checked(self.mention.end)?;
        let at = before.rfind(&self.to_string())?;
        let (start, host) = before.split_at_checked(at)?;
        let rest = host.strip_prefix(&*self.mention.name)?;
        self.mend(field, format!("{start}{meant}{rest}{after}"))
    }

    fn mend(self, field: &FieldPath, text: String) -> Option<Mend> {
        let old = self.mention.text.as_deref()?;
        let mend = Mend::of(self.by.reference.clone()).test(field, old);
        Some(mend.replace(field, text))
    }
}

impl fmt::Display for Named<'_> {
    /// `web`, `web.shop` or `web.shop.svc`, as it is written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.mention.name)?;
        if let Some(namespace) = &self.mention.namespace {
            write!(f, ".{namespace}")?;
        }
        f.write_str(if self.mention.is_full { ".svc" } else { "" })
    }
}

/// Whether a near name is a slip away, and no word or digit: those tell siblings apart.
pub(super) fn is_slip(name: &str, near: &str) -> bool {
    let letters = |name: &str| -> String {
        let letters = name.chars().filter(|c| !c.is_ascii_digit());
        letters.collect()
    };
    let is_other_word = |word: &str| word.starts_with('-') || word.ends_with('-');
    let added = [name.strip_prefix(near), name.strip_suffix(near)];
    let lost = [near.strip_prefix(name), near.strip_suffix(name)];
    let by_word = added.into_iter().chain(lost).flatten().any(is_other_word);
    letters(name) != letters(near) && !by_word
}
