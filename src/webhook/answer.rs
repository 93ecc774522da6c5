//! What is answered: an `AdmissionReview`, or a refusal of what is none.

use serde::Serialize;

use crate::metrics::{Operation, Outcome};

/// The answer to one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// An `AdmissionReview`.
    Review(Reply),
    /// The body is no `AdmissionReview` that could be answered: 400 with the reason.
    Refused(String),
}

/// The response in an `AdmissionReview`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The request's uid.
    pub uid: String,
    /// The version of the admission API that was asked in.
    pub version: Version,
    /// Allowed or denied.
    pub verdict: Verdict,
    /// What the request does.
    pub operation: Operation,
    /// How it was answered.
    pub outcome: Outcome,
}

/// Allowed or denied, and what is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Allowed, with warnings of one line each.
    Allowed(Vec<String>),
    /// Denied.
    Denied {
        /// Everything for people, on several lines.
        message: String,
        /// The same for machines.
        causes: Vec<Cause>,
    },
}

/// One reason of a denial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The rule's name.
    pub reason: &'static str,
    /// What is wrong.
    pub message: String,
    /// The field that is wrong.
    pub field: String,
}

/// A version of the admission API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// `admission.k8s.io/v1`: the one that is checked.
    #[default]
    V1,
    /// `admission.k8s.io/v1beta1`: answered in kind, since nothing else would be understood.
    V1Beta1,
}

impl Version {
    /// The version to answer in.
    pub(super) fn of(api_version: &str) -> Self {
        if api_version == Self::V1Beta1.as_str() {
            Self::V1Beta1
        } else {
            Self::V1
        }
    }

    /// `admission.k8s.io/v1`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "admission.k8s.io/v1",
            Self::V1Beta1 => "admission.k8s.io/v1beta1",
        }
    }
}

/// Why a request was allowed without being checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unchecked {
    /// It could not be read.
    #[error("{0}")]
    Unread(String),
    /// It is larger than any request is read.
    #[error("the request is larger than {} MiB", .0 >> 20)]
    TooLarge(usize),
    /// It did not arrive, or was not decided, in time.
    #[error("time was up")]
    Late,
    /// Too many others are in flight.
    #[error("too many requests at once")]
    Shed,
    /// A rule panicked.
    #[error("a rule failed; this is a bug in portcullis")]
    Panicked,
}

impl Unchecked {
    const fn outcome(&self) -> Outcome {
        match self {
            Self::Unread(_) => Outcome::Unread,
            Self::TooLarge(_) => Outcome::TooLarge,
            Self::Late => Outcome::Late,
            Self::Shed => Outcome::Shed,
            Self::Panicked => Outcome::Panicked,
        }
    }

    /// What a person is told.
    pub(super) fn warning(&self) -> String {
        super::telling::single(&format!("not checked by portcullis: {self}"))
    }
}

impl Reply {
    /// Allowed, unchecked, and saying why.
    pub(super) fn unchecked(
        uid: String,
        version: Version,
        operation: Operation,
        why: &Unchecked,
    ) -> Self {
        Self {
            uid,
            version,
            verdict: Verdict::Allowed(vec![why.warning()]),
            operation,
            outcome: why.outcome(),
        }
    }

    /// The answer as the JSON that the API server reads.
    pub fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        let response = match &self.verdict {
            Verdict::Allowed(warnings) => ResponseBody {
                uid: &self.uid,
                allowed: true,
                status: None,
                warnings,
            },
            Verdict::Denied { message, causes } => ResponseBody {
                uid: &self.uid,
                allowed: false,
                status: Some(StatusBody {
                    status: "Failure",
                    message,
                    code: 422,
                    details: DetailsBody { causes },
                }),
                warnings: &[],
            },
        };
        serde_json::to_vec(&ReviewBody {
            api_version: self.version.as_str(),
            kind: "AdmissionReview",
            response,
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReviewBody<'a> {
    api_version: &'static str,
    kind: &'static str,
    response: ResponseBody<'a>,
}

#[derive(Serialize)]
struct ResponseBody<'a> {
    uid: &'a str,
    allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<StatusBody<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [String],
}

/// Without a `reason`: with one, kubectl prints the causes and not the message.
#[derive(Serialize)]
struct StatusBody<'a> {
    status: &'static str,
    message: &'a str,
    code: u16,
    details: DetailsBody<'a>,
}

#[derive(Serialize)]
struct DetailsBody<'a> {
    causes: &'a [Cause],
}
