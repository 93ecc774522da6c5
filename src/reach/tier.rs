//! Where tiers stand among each other: that of some is told by an object of their own.

use super::{Because, Decision, Outcome};
use crate::cluster::View;
use crate::object::{Kind, TierOrder};
use crate::policy::{AtEnd, Tier, rank};

/// Where a tier stands, and how it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place<'a> {
    /// Lower is asked first.
    pub(super) order: i64,
    /// Of tiers of one order the first by name is asked first.
    pub(super) name: &'a str,
    /// What becomes of what no rule matches.
    pub(super) end: AtEnd,
}

/// What the tiers that are always there are called beside those with a name.
const ALWAYS: &str = "default";

/// What `decide` answers once every tier has its place; where the place of some is not known,
/// it depends on that if the answers differ between first and last, denying and passing.
pub(super) fn settled<'a, 't>(
    view: Option<View<'_>>,
    tiers: impl Iterator<Item = &'t Tier>,
    decide: impl Fn(&dyn Fn(&'a Tier) -> Place<'a>) -> Decision<'a>,
) -> Decision<'a> {
    let mut tiers = tiers;
    let unknown = tiers.find_map(|tier| match tier {
        Tier::Named(name) if object(view, name).is_none() => Some(name),
        Tier::Named(_) | Tier::At(_) => None,
    });
    let guess = |order: i64, end: AtEnd| {
        decide(&|tier: &'a Tier| {
            known(view, tier).unwrap_or(match tier {
                Tier::Named(name) => Place { order, name, end },
                Tier::At(_) => Place {
                    order,
                    name: ALWAYS,
                    end,
                },
            })
        })
    };
    let answer = guess(i64::MIN, AtEnd::Denied);
    let Some(unknown) = unknown else {
        return answer;
    };
    let guesses = [
        (i64::MIN, AtEnd::Passed),
        (i64::MAX, AtEnd::Denied),
        (i64::MAX, AtEnd::Passed),
    ];
    let differ = guesses
        .into_iter()
        .any(|(order, end)| guess(order, end).outcome != answer.outcome);
    if !differ {
        return answer;
    }
    let why = format!("tier {unknown} is not in view");
    Decision {
        outcome: Outcome::Depends(Because::Rule(why.into())),
        by: answer.by,
    }
}

fn known<'a>(view: Option<View<'_>>, tier: &'a Tier) -> Option<Place<'a>> {
    match tier {
        Tier::At(place) => Some(Place {
            order: rank(f64::from(*place)),
            name: ALWAYS,
            end: AtEnd::Denied,
        }),
        Tier::Named(name) => {
            let object = object(view, name)?;
            Some(Place {
                order: object.order.map_or(i64::MAX, rank),
                name,
                end: object.end,
            })
        }
    }
}

fn object(view: Option<View<'_>>, name: &str) -> Option<TierOrder> {
    let found = view?.get::<TierOrder>(Kind::Tier, "", name).found()?;
    Some(*found.body)
}
