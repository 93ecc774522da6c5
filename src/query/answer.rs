//! What is answered: allowed, denied, or what it depends on, on each side and together.

use super::question::under_all;
use crate::policy::Datapath;
use crate::reach::{By, Decision, Outcome, Verdict};
use crate::rules::listed;

/// Whether a Flow passes, in words where that depends on something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// It passes.
    Allowed,
    /// It does not.
    Denied,
    /// That depends on something, in words.
    Depends(String),
}

/// The answer of one side, and which policy and rule gave it.
#[derive(Clone, Debug)]
pub struct Side<'a> {
    /// What it is.
    pub says: Says,
    /// What decided it; `None` where no policy has a say.
    pub by: Option<By<'a>>,
}

/// The answer of both sides.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    /// Both together.
    pub says: Says,
    /// Egress at whom it starts from.
    pub egress: Side<'a>,
    /// Ingress at whom it leads to.
    pub ingress: Side<'a>,
}

impl Says {
    /// The word of the JSON contract.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Depends(_) => "depends",
        }
    }

    /// Why it depends.
    pub fn because(&self) -> Option<&str> {
        match self {
            Self::Depends(because) => Some(because),
            Self::Allowed | Self::Denied => None,
        }
    }

    fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Denied, _) | (_, Self::Denied) => Self::Denied,
            (Self::Depends(_), _) => self.clone(),
            (Self::Allowed, _) => other.clone(),
        }
    }
}

impl Side<'_> {
    /// The side that no policy has a say on.
    pub(super) const FREE: Self = Self {
        says: Says::Allowed,
        by: None,
    };

    fn one_of(apart: &str, parts: &[(&str, &Self)]) -> Self {
        let all: Vec<(&str, &Says)> = parts.iter().map(|(name, it)| (*name, &it.says)).collect();
        // What stops something tells more than what lets it through.
        let telling = |word: &str| {
            let mut found = parts.iter().filter(|(_, it)| it.says.as_str() == word);
            found.find_map(|(_, it)| it.by)
        };
        Self {
            says: together(apart, &all),
            by: ["denied", "depends", "allowed"]
                .into_iter()
                .find_map(telling),
        }
    }
}

impl<'a> From<&Decision<'a>> for Side<'a> {
    fn from(decision: &Decision<'a>) -> Self {
        Self {
            says: match &decision.outcome {
                Outcome::Allowed => Says::Allowed,
                Outcome::Denied => Says::Denied,
                Outcome::Depends(because) => Says::Depends(because.to_string()),
            },
            by: decision.by,
        }
    }
}

impl<'a> Answer<'a> {
    /// What no policy has a say on.
    pub const FREE: Self = Self {
        says: Says::Allowed,
        egress: Side::FREE,
        ingress: Side::FREE,
    };

    /// Whether another answer says the same, whatever decided.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let says = |it: &Self| {
            (
                it.says.clone(),
                it.egress.says.clone(),
                it.ingress.says.clone(),
            )
        };
        says(self) == says(other)
    }

    /// The answer of two sides.
    pub(super) fn of(egress: Side<'a>, ingress: Side<'a>) -> Self {
        Self {
            says: egress.says.and(&ingress.says),
            egress,
            ingress,
        }
    }

    /// The one answer that all parts give, or else what it depends on; `None` without parts.
    /// `apart` stands before the names that tell them apart: `with`, `over`, `to`.
    pub(super) fn one_of(apart: &str, parts: &[(String, Self)]) -> Option<Self> {
        let side = |of: fn(&Self) -> &Side<'a>| {
            let sides: Vec<(&str, &Side<'a>)> = parts
                .iter()
                .map(|(name, answer)| (name.as_str(), of(answer)))
                .collect();
            Side::one_of(apart, &sides)
        };
        let all: Vec<(&str, &Says)> = parts
            .iter()
            .map(|(name, answer)| (name.as_str(), &answer.says))
            .collect();
        parts.first()?;
        Some(Self {
            says: together(apart, &all),
            egress: side(|answer| &answer.egress),
            ingress: side(|answer| &answer.ingress),
        })
    }

    /// The answer of what the evaluator says under each datapath.
    pub fn under(verdicts: impl IntoIterator<Item = (Datapath, Verdict<'a>)>) -> Self {
        let parts = verdicts.into_iter();
        under_all(parts.map(|(datapath, it)| (datapath, it.into())).collect())
    }
}

impl<'a> From<Verdict<'a>> for Answer<'a> {
    fn from(verdict: Verdict<'a>) -> Self {
        Self::of((&verdict.egress).into(), (&verdict.ingress).into())
    }
}

/// What all parts say, or that they differ: `denied with Cilium; allowed with the AWS VPC CNI`.
fn together(apart: &str, parts: &[(&str, &Says)]) -> Says {
    let mut kinds: Vec<&Says> = Vec::new();
    for (_, says) in parts {
        if !kinds.contains(says) {
            kinds.push(says);
        }
    }
    match *kinds.as_slice() {
        [] => return Says::Allowed,
        [one] => return one.clone(),
        _ => {}
    }
    let clauses: Vec<String> = kinds
        .into_iter()
        .map(|kind| {
            let alike = parts.iter().filter(|(_, says)| *says == kind);
            let names = listed(alike.map(|(name, _)| *name));
            match kind {
                Says::Depends(because) => format!("unclear {apart} {names}, as {because}"),
                Says::Allowed | Says::Denied => format!("{} {apart} {names}", kind.as_str()),
            }
        })
        .collect();
    Says::Depends(clauses.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(egress: Says, ingress: Says) -> Answer<'static> {
        let side = |says| Side { says, by: None };
        Answer::of(side(egress), side(ingress))
    }

    fn depends(because: &str) -> Says {
        Says::Depends(because.to_owned())
    }

    #[test]
    fn both_sides_must_let_it_pass() {
        use Says::{Allowed, Denied};
        assert_eq!(answer(Allowed, Allowed).says, Allowed);
        assert_eq!(answer(depends("x"), Denied).says, Denied);
        assert_eq!(answer(Allowed, depends("x")).says, depends("x"));
        assert_eq!(answer(depends("x"), depends("y")).says, depends("x"));
    }

    #[test]
    fn parts_that_agree_are_one_answer_and_others_are_named() {
        use Says::{Allowed, Denied};
        let parts = [
            ("a".to_owned(), answer(Denied, Allowed)),
            ("b".to_owned(), answer(Allowed, Denied)),
        ];
        let one = Answer::one_of("with", &parts).unwrap();
        assert_eq!(one.says, Denied);
        assert_eq!(one.egress.says, depends("denied with a; allowed with b"));
        let parts = [
            ("a".to_owned(), answer(Denied, Allowed)),
            ("b".to_owned(), answer(Allowed, Allowed)),
            ("c".to_owned(), answer(Allowed, Allowed)),
            ("d".to_owned(), answer(depends("x"), Allowed)),
        ];
        let why = "denied to a; allowed to b, c; unclear to d, as x";
        assert_eq!(Answer::one_of("to", &parts).unwrap().says, depends(why));
    }
}
