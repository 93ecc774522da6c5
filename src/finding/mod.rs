//! What a rule says: a Finding, how bad it is, where, on which evidence, and how to mend it.

mod datapath;
mod exempted;
mod mend;
mod path;
mod printable;
mod reference;
mod severity;

use std::borrow::Cow;

pub use datapath::{Datapath, Platform};
pub use exempted::{Exempted, Exemption};
pub use mend::Mend;
pub use path::{FieldPath, Segment};
pub use printable::{printable, shown};
pub use reference::ObjectRef;
pub use severity::Severity;

/// What a [`Finding`] rests on; `review` tells something absent at creation more softly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Something that is there and contradicts the object: it stays wrong whatever arrives.
    Present,
    /// Something that is not there, and may only not be there yet.
    Absent,
}

/// Another place that a reader should look at to understand a [`Finding`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The object the place is in.
    pub object: ObjectRef,
    /// The place in it.
    pub field: FieldPath,
    /// Why it matters, in a few words: `nearest workload`.
    pub note: String,
}

/// One thing that is wrong with one object.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// How bad it is, as for a complete set of objects; only `review` moves it.
    pub severity: Severity,
    /// The field that is wrong.
    pub field: FieldPath,
    /// What is wrong, without naming the object: `selects no pod: …`. One line.
    pub message: String,
    /// How to mend it, one line; empty where nothing useful can be said.
    pub help: String,
    /// Places that explain it, most telling first.
    pub related: Vec<Related>,
    /// The datapaths under which it holds; empty where it holds under all in question.
    pub datapaths: Vec<Datapath>,
    /// What tells this finding from others of the same rule, object and field, and stays the
    /// same when its wording changes: a port name, the other object's name. May be empty.
    pub culprit: String,
    /// Whether it rests on something there or on something missing.
    pub basis: Basis,
    /// The patch that mends it, where one is known to be right.
    pub mend: Option<Mend>,
    /// Who asked not to be told of it; whoever tells findings leaves it out.
    pub exempted: Option<Box<Exempted>>,
}

impl Finding {
    /// A finding with nothing but its severity, place and message.
    pub fn new(severity: Severity, field: FieldPath, message: impl Into<String>) -> Self {
        Self {
            severity,
            field,
            message: line(message.into()),
            help: String::new(),
            related: Vec::new(),
            datapaths: Vec::new(),
            culprit: String::new(),
            basis: Basis::Present,
            mend: None,
            exempted: None,
        }
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = line(help.into());
        self
    }

    /// Adds a place that explains it.
    #[must_use]
    pub fn related(mut self, object: ObjectRef, field: FieldPath, note: impl Into<String>) -> Self {
        self.related.push(Related {
            object,
            field,
            note: line(note.into()),
        });
        self
    }

    /// Adds what tells it from its like.
    #[must_use]
    pub fn culprit(mut self, culprit: impl Into<String>) -> Self {
        self.culprit = culprit.into();
        self
    }

    /// Says that it rests on something missing.
    #[must_use]
    pub fn absent(mut self) -> Self {
        self.basis = Basis::Absent;
        self
    }

    /// Adds the patch that mends it, where there is one.
    #[must_use]
    pub fn mend(mut self, mend: Option<Mend>) -> Self {
        self.mend = mend;
        self
    }

    /// Says under which datapaths it holds.
    #[must_use]
    pub fn datapaths(mut self, datapaths: Vec<Datapath>) -> Self {
        self.datapaths = datapaths;
        self
    }
}

/// What is said, as one printable line: it quotes names and values that may hold anything.
fn line(text: String) -> String {
    match printable(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(printable) => printable,
    }
}

/// A [`Finding`] together with the rule that made it and the object it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The rule's name, such as `service-selects-nothing`.
    pub rule: &'static str,
    /// The object the finding is about; `None` where none could be read.
    pub object: Option<ObjectRef>,
    /// The finding itself.
    pub finding: Finding,
    /// The changed object that brought it about, where that is another one.
    pub caused_by: Option<ObjectRef>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_quoted_a_finding_reads_as_one_printable_line() {
        let hostile = "app=a\nb\u{202e}";
        let reference = ObjectRef {
            api_version: "v1".into(),
            kind: "Service".into(),
            namespace: None,
            name: "web".into(),
        };
        let finding = Finding::new(Severity::Error, FieldPath::default(), hostile)
            .help(hostile)
            .related(reference, FieldPath::default(), hostile);
        for text in [&finding.message, &finding.help, &finding.related[0].note] {
            assert_eq!(text, "app=a b\u{fffd}");
        }
    }
}
