//! The labels of metrics, each an enum, so that no request can make a new time series.

use std::fmt;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};

use crate::finding::Severity;

/// What a request does to its object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Operation {
    /// The object is created.
    Create,
    /// It is replaced or patched.
    Update,
    /// It is deleted.
    Delete,
    /// A connection to it, such as `kubectl exec`.
    Connect,
    /// Not read, or a word that is not known.
    #[default]
    Unknown,
}

/// How a request was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Allowed without a word.
    Silent,
    /// Allowed with findings told.
    Warned,
    /// Denied.
    Denied,
    /// Allowed unchecked: it could not be read.
    Unread,
    /// Allowed unchecked: larger than what is read.
    TooLarge,
    /// Allowed, not all of it checked: the deadline passed.
    Late,
    /// Allowed unchecked: too many others were in flight.
    Shed,
    /// Allowed unchecked: a rule panicked.
    Panicked,
    /// Answered with 4xx: not an `AdmissionReview`.
    Refused,
}

/// What is read from files, and again when they change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The serving certificate and its key.
    Certificate,
    /// Those who vouch for clients.
    ClientCa,
    /// The configuration.
    Config,
}

impl Subject {
    /// The word used in metrics and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::ClientCa => "client-ca",
            Self::Config => "config",
        }
    }
}

impl EncodeLabelValue for Subject {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        self.as_str().encode(encoder)
    }
}

impl Operation {
    /// The word of the admission API, `UNKNOWN` for any other.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Connect => "CONNECT",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// The operation that a word of the admission API names.
    pub fn of(word: &str) -> Self {
        [Self::Create, Self::Update, Self::Delete, Self::Connect]
            .into_iter()
            .find(|operation| operation.as_str() == word)
            .unwrap_or(Self::Unknown)
    }
}

impl Outcome {
    /// The word used in metrics and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Warned => "warned",
            Self::Denied => "denied",
            Self::Unread => "unread",
            Self::TooLarge => "too_large",
            Self::Late => "late",
            Self::Shed => "shed",
            Self::Panicked => "panicked",
            Self::Refused => "refused",
        }
    }
}

impl EncodeLabelValue for Operation {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        self.as_str().encode(encoder)
    }
}

impl EncodeLabelValue for Outcome {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        self.as_str().encode(encoder)
    }
}

/// A severity as a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SeverityLabel(pub(super) Severity);

impl EncodeLabelValue for SeverityLabel {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        self.0.as_str().encode(encoder)
    }
}

/// The labels of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct RequestLabels {
    pub(super) operation: Operation,
    pub(super) outcome: Outcome,
}

/// The labels of a finding; rules are a closed list too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct FindingLabels {
    pub(super) rule: &'static str,
    pub(super) severity: SeverityLabel,
}

/// The labels of a reload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ReloadLabels {
    pub(super) subject: Subject,
    pub(super) outcome: ReloadOutcome,
}

/// Whether what files hold was taken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum ReloadOutcome {
    /// It is in use.
    Taken,
    /// It cannot be used.
    Refused,
}

impl EncodeLabelValue for ReloadOutcome {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        let word = match self {
            Self::Taken => "taken",
            Self::Refused => "refused",
        };
        word.encode(encoder)
    }
}
