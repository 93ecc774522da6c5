//! Those whom the evaluator alone judges, grouped under every setting in question.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::actor::{Actor, Setting};
use super::entrant::Entrant;
use super::grouped::{Grouped, Seen};
use crate::cluster::View;
use crate::policy::{Datapath, Family};
use crate::query::{Directory, Shape};
use crate::reach::{Party, Pod};

/// Groups those who are plain among the entrants. Whomever else their Flows may lead to, be it
/// behind a Service, tells them apart by its policies.
pub(super) fn grouped<'a>(
    plain: &[&Entrant<'a>],
    directory: &Directory<'a>,
    view: View<'a>,
) -> Grouped<'a> {
    let named: BTreeSet<&str> = plain.iter().map(|it| it.who.name.as_str()).collect();
    let others = directory.members();
    let others = others.filter(|it| !named.contains(directory.name(it).as_str()));
    let others: Vec<Shape<'a>> = others.flat_map(|it| it.shapes(view)).collect();
    let families: Vec<[Vec<IpAddr>; 2]> = others.iter().map(by_family).collect();
    let seen = |setting: Setting<'a>, nameless: bool| {
        let plain = plain.iter().filter_map(|it| it.actor());
        let plain = plain.map(|it| if nameless { without_name(it) } else { it });
        let others = others.iter().zip(&families).flat_map(|(shape, [v4, v6])| {
            [shape.addresses(), v4, v6].map(|addresses| Actor {
                party: shape.party_at(addresses),
                policies: shape.policies.clone(),
                ports: Vec::new(),
            })
        });
        (setting, plain.chain(others).collect::<Vec<_>>())
    };
    let datapaths = datapaths(view);
    let setting = |datapath: &Datapath, family| Setting {
        datapath: *datapath,
        family,
        view: Some(view),
    };
    let families = contexts(plain).into_iter();
    let all: Vec<Seen<'_, 'a>> = families
        .flat_map(|family| datapaths.iter().map(move |it| setting(it, family)))
        .map(|setting| seen(setting, false))
        .collect();
    // Whether the API server is reached turns neither on the name of a pod nor on its address.
    let known = plain.iter().any(|it| it.who.is_one);
    let also: Vec<Seen<'_, 'a>> = datapaths
        .iter()
        .filter(|_| known)
        .map(|datapath| seen(setting(datapath, None), true))
        .collect();
    let marks = plain.iter().map(|it| it.mark()).collect();
    Grouped::of(&all, &also, marks)
}

/// Every datapath in question, or the one under which nothing is enforced.
fn datapaths(view: View<'_>) -> &[Datapath] {
    match view.datapaths() {
        [] => &[Datapath::None],
        some => some,
    }
}

/// Over which families some of them may talk to each other.
pub(super) fn contexts(plain: &[&Entrant<'_>]) -> Vec<Option<Family>> {
    let over = |family: &Option<Family>| {
        let mut all = plain.iter().map(|it| it.families());
        family.is_none() || all.any(|it| it.shared(it) == *family)
    };
    let all = [None, Some(Family::V4), Some(Family::V6)];
    all.into_iter().filter(over).collect()
}

/// A pod as one of those that it stands for.
fn without_name<'p, 'a>(actor: Actor<'p, 'a>) -> Actor<'p, 'a> {
    let party = match actor.party {
        Party::Pod(pod) => Party::Pod(Pod {
            name: None,
            addresses: &[],
            ports: None,
            node: None,
            ..pod
        }),
        other => other,
    };
    Actor { party, ..actor }
}

/// The addresses of pods, each family on its own.
fn by_family(shape: &Shape<'_>) -> [Vec<IpAddr>; 2] {
    let (v4, v6) = shape.addresses().iter().copied().partition(IpAddr::is_ipv4);
    [v4, v6]
}
