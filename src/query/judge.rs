//! Whether those at one end may talk to those at the other, under one datapath.

use std::net::IpAddr;

use super::answer::Answer;
use super::end::{End, shared_families};
use crate::cluster::View;
use crate::policy::{Datapath, Family, Peer, Protocol};
use crate::reach::{Decision, Flow, Outcome, Party, evaluate_in};

/// One of those who stand at an end: whom policies see there, and what a sentence calls them.
#[derive(Clone, Debug)]
pub(super) struct Candidate<'a> {
    pub(super) name: String,
    pub(super) end: End<'a>,
}

/// One of those whom a Flow leads to, and the port there.
#[derive(Clone, Debug)]
pub(super) struct Target<'a> {
    pub(super) who: Candidate<'a>,
    pub(super) port: u16,
    pub(super) protocol: Protocol,
    /// The Service through which it is asked.
    pub(super) through: Option<Through>,
}

/// The address that a Service has instead of its pods'.
#[derive(Clone, Debug)]
pub(super) struct Through {
    /// Its addresses; none where they are not known.
    pub(super) addresses: Vec<IpAddr>,
    /// Its port.
    pub(super) port: u16,
}

/// What all Flows of a question have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judge<'a> {
    pub(super) datapath: Datapath,
    pub(super) view: View<'a>,
}

impl<'a> Judge<'a> {
    /// Whether everyone of `from` may talk to everyone of `to`; `None` where none of them have a
    /// family of addresses in common.
    pub(super) fn all(&self, from: &[Candidate<'a>], to: &[Target<'a>]) -> Option<Answer<'a>> {
        let to_each = to.iter().filter_map(|to| {
            let from_each = from.iter();
            let from_each =
                from_each.filter_map(|from| Some((from.name.clone(), self.one(&from.end, to)?)));
            let answer = Answer::one_of("from", &from_each.collect::<Vec<_>>())?;
            Some((to.who.name.clone(), answer))
        });
        Answer::one_of("to", &to_each.collect::<Vec<_>>())
    }

    /// Whether one end may talk to another, over each family of addresses that both have.
    fn one(&self, from: &End<'a>, to: &Target<'a>) -> Option<Answer<'a>> {
        let (ours, theirs) = (from.addresses(), to.who.end.addresses());
        if ours.is_empty() && theirs.is_empty() {
            return Some(self.at((from, &[]), (to, &[]), None));
        }
        let families = shared_families(&ours, &theirs).into_iter();
        let over = families.map(|family| {
            let (ours, theirs) = (family.among(&ours), family.among(&theirs));
            let answer = self.at((from, &ours), (to, &theirs), Some(family));
            (family.as_str().to_owned(), answer)
        });
        Answer::one_of("over", &over.collect::<Vec<_>>())
    }

    fn at(
        &self,
        (from, ours): (&End<'a>, &[IpAddr]),
        (to, theirs): (&Target<'a>, &[IpAddr]),
        family: Option<Family>,
    ) -> Answer<'a> {
        let source = from.party(ours);
        let end = &to.who.end;
        let flow = Flow {
            source,
            destination: end.party(theirs),
            protocol: to.protocol,
            port: to.port,
            family,
        };
        let judge = |flow: &Flow<'_>, to: &End<'a>| {
            evaluate_in(
                flow,
                from.policies(),
                to.policies(),
                self.datapath,
                Some(self.view),
            )
        };
        let mut verdict = judge(&flow, end);
        let through = to
            .through
            .as_ref()
            .filter(|_| self.datapath == Datapath::AwsVpcCni);
        if let Some(through) = through {
            let ways = through.parties(family).into_iter().map(|party| {
                let flow = Flow {
                    destination: party,
                    port: through.port,
                    ..flow
                };
                judge(&flow, &End::Other(party)).egress
            });
            let ways: Vec<Decision<'a>> = ways.collect();
            verdict.egress = seen_twice(verdict.egress, ways);
        }
        verdict.into()
    }
}

impl Through {
    /// Whom a datapath sees that looks before the Service's address is replaced.
    fn parties(&self, family: Option<Family>) -> Vec<Party<'static>> {
        let addresses = match family {
            Some(family) => family.among(&self.addresses),
            None => self.addresses.clone(),
        };
        if addresses.is_empty() {
            return vec![Party::Unknown { may_be_pod: false }];
        }
        addresses.into_iter().map(Party::Address).collect()
    }
}

/// Egress to a Service where the datapath sees its address: a rule over the pods behind it holds
/// that address too; otherwise only what is said of addresses counts.
fn seen_twice<'a>(at_endpoint: Decision<'a>, at_service: Vec<Decision<'a>>) -> Decision<'a> {
    let rule = at_endpoint.by.and_then(|by| by.rule);
    let over_pods = rule.is_some_and(|rule| {
        let peers = rule.peers.every();
        peers.iter().any(|peer| matches!(peer, Peer::Pods { .. }))
    });
    if over_pods || at_endpoint.by.is_none() {
        return at_endpoint;
    }
    let mut ways = at_service.into_iter();
    let Some(first) = ways.next() else {
        return at_endpoint;
    };
    ways.fold(first, |one, other| {
        if one.outcome == Outcome::Denied {
            one
        } else {
            other
        }
    })
}
