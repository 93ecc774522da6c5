//! Where in an object: a field path, written as kubectl writes it.

use std::fmt;

/// One step into an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A key of a mapping.
    Key(Box<str>),
    /// A position in a list, from 0.
    Index(usize),
}

/// A path to a field of an object, such as `spec.ports[0].targetPort`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(Vec<Segment>);

impl FieldPath {
    /// The path of dotted plain keys: `FieldPath::of("spec.template.metadata.labels")`; the empty
    /// string is the object itself.
    pub fn of(dotted: &str) -> Self {
        Self(
            dotted
                .split('.')
                .filter(|key| !key.is_empty())
                .map(|key| Segment::Key(key.into()))
                .collect(),
        )
    }

    /// This path and dotted plain keys below it.
    #[must_use]
    pub fn join(&self, dotted: &str) -> Self {
        let mut path = self.clone();
        path.0.extend(Self::of(dotted).0);
        path
    }

    /// This path and one key below it, whatever characters the key has.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut path = self.clone();
        path.0.push(Segment::Key(key.into()));
        path
    }

    /// This path and one position below it.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut path = self.clone();
        path.0.push(Segment::Index(index));
        path
    }

    /// This path and another one below it.
    #[must_use]
    pub fn below(&self, other: &Self) -> Self {
        Self(self.0.iter().chain(&other.0).cloned().collect())
    }

    /// The steps, outermost first.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The same place as a JSON Pointer (RFC 6901), as JSON Patch wants it.
    pub fn pointer(&self) -> String {
        let mut out = String::new();
        for segment in &self.0 {
            out.push('/');
            match segment {
                Segment::Key(key) => out.push_str(&key.replace('~', "~0").replace('/', "~1")),
                Segment::Index(index) => out.push_str(&index.to_string()),
            }
        }
        out
    }
}

/// Whether kubectl writes a key after a dot rather than in brackets.
fn is_plain(key: &str) -> bool {
    !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) if is_plain(key) && at == 0 => f.write_str(key)?,
                Segment::Key(key) if is_plain(key) => write!(f, ".{key}")?,
                Segment::Key(key) => write!(f, "[{key:?}]")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_kubectl_writes_it() {
        let path = FieldPath::of("spec.ports").index(0).join("targetPort");
        assert_eq!(path.to_string(), "spec.ports[0].targetPort");
        let label = FieldPath::of("metadata.labels").key("app.kubernetes.io/name");
        assert_eq!(
            label.to_string(),
            "metadata.labels[\"app.kubernetes.io/name\"]"
        );
    }

    #[test]
    fn a_pointer_escapes_slash_and_tilde() {
        let path = FieldPath::of("metadata.labels").key("a/b~c").index(3);
        assert_eq!(path.pointer(), "/metadata/labels/a~1b~0c/3");
    }
}
