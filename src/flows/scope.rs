//! Who is surveyed: everybody, or those who are named.

use std::collections::{BTreeMap, HashMap};

use super::entrant::Entrant;
use crate::cluster::View;
use crate::query::{Asked, Directory, Member};

/// Who is surveyed.
#[derive(Clone, Debug, Default)]
pub struct Scope<'a> {
    /// Those who ask; everybody where nobody is named.
    pub from: Option<Vec<Member<'a>>>,
    /// Those who are asked; everybody where nobody is named.
    pub to: Option<Vec<Member<'a>>>,
    /// On which ports; on those that each declares where none is named.
    pub ports: Vec<Asked>,
}

/// Everybody in scope, each once: those of the View in its order, then others by name.
pub(super) fn entrants<'a>(
    scope: &Scope<'a>,
    directory: &Directory<'a>,
    view: View<'a>,
) -> Vec<Entrant<'a>> {
    let everybody: Vec<Member<'a>> = directory.members().collect();
    let order: HashMap<String, usize> = everybody
        .iter()
        .enumerate()
        .map(|(place, it)| (directory.name(it), place))
        .collect();
    let mut roles: BTreeMap<(usize, String), Role<'a>> = BTreeMap::new();
    let mut role = |member: &Member<'a>, asks: bool| {
        let name = directory.name(member);
        let place = order.get(&name).copied().unwrap_or(usize::MAX);
        let role = roles.entry((place, name)).or_insert(Role {
            member: *member,
            asks: false,
            is_asked: false,
        });
        role.asks |= asks;
        role.is_asked |= !asks;
    };
    let from = scope.from.as_ref().unwrap_or(&everybody);
    for member in from.iter().filter(|it| may_ask(it)) {
        role(member, true);
    }
    for member in scope.to.as_ref().unwrap_or(&everybody) {
        role(member, false);
    }
    let entrant = |role: Role<'a>| {
        let asked = role.is_asked.then_some(scope.ports.as_slice());
        Entrant::new(role.member, (role.asks, asked), directory, view)
    };
    roles.into_values().map(entrant).collect()
}

/// The part that a member takes.
struct Role<'a> {
    member: Member<'a>,
    asks: bool,
    is_asked: bool,
}

/// Whether a flow may start from a member.
fn may_ask(member: &Member<'_>) -> bool {
    match member {
        Member::Pods(_) | Member::Address(_) | Member::World => true,
        Member::Service(..) | Member::ApiServer | Member::Dns => false,
    }
}
