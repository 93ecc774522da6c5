//! Both ends of a question: everyone who stands at either, and the answer about them.

use super::answer::Answer;
use super::destination::{Destination, at};
use super::end::End;
use super::judge::{Candidate, Judge, Target};
use super::swap::Swap;
use super::world::outside;
use super::{Directory, Member, Question, Shape, Unfound, source, well_known};
use crate::cluster::View;
use crate::object::Of;
use crate::policy::{Datapath, Direction, Policy, Protocol};

/// Both ends of a question.
#[derive(Clone, Debug)]
pub(super) struct Ends<'a> {
    /// The port in words.
    pub(super) port: (String, Protocol),
    pub(super) from: Vec<Candidate<'a>>,
    pub(super) to: To<'a>,
}

/// Whom a Flow leads to.
#[derive(Clone, Debug)]
pub(super) enum To<'a> {
    /// Those who are judged as what they are.
    Targets(Vec<Target<'a>>),
    /// The API server.
    ApiServer,
    /// The cluster's DNS.
    Dns {
        /// Over which protocol.
        protocol: Protocol,
        /// Its pods, as far as they are in view.
        pods: Vec<Target<'a>>,
    },
}

impl<'a> Ends<'a> {
    /// Everyone whom a question is about.
    pub(super) fn of(
        question: &Question<'a>,
        directory: &Directory<'a>,
        view: View<'a>,
    ) -> Result<Self, Unfound> {
        match question.to {
            Member::ApiServer => Ok(Self {
                port: well_known::api_server_port(view),
                from: candidates(question, &[], directory, view)?,
                to: To::ApiServer,
            }),
            Member::Dns => {
                let asked = question.port.as_ref().and_then(|it| it.protocol);
                let protocol = asked.unwrap_or(Protocol::Udp);
                Ok(Self {
                    port: (well_known::DNS_PORT.to_string(), protocol),
                    from: candidates(question, &[], directory, view)?,
                    to: To::Dns {
                        protocol,
                        pods: well_known::dns_pods(protocol, view),
                    },
                })
            }
            _ => Self::direct(question, directory, view),
        }
    }

    fn direct(
        question: &Question<'a>,
        directory: &Directory<'a>,
        view: View<'a>,
    ) -> Result<Self, Unfound> {
        let destination = Destination {
            name: directory.name(&question.to),
            port: question.port.as_ref(),
            directory,
            view,
        };
        let mut found = destination.of(&question.to)?;
        let from = candidates(question, &found.targets, directory, view)?;
        if let Member::World = question.to {
            let over = policies(from.iter());
            let asked = destination.numbered()?;
            let outside = outside(&over, Direction::Egress, directory).into_iter();
            found.targets = outside.map(|who| at(who, asked)).collect();
        }
        Ok(Self {
            port: found.port,
            from,
            to: To::Targets(found.targets),
        })
    }

    /// The answer under each datapath in question; `None` where the ends have no family of
    /// addresses in common.
    pub(super) fn judged(&self, view: View<'a>) -> Option<Vec<(Datapath, Answer<'a>)>> {
        match &self.to {
            To::ApiServer => Some(well_known::api_server(&self.from, view)),
            To::Dns { protocol, pods } => Some(well_known::dns(&self.from, pods, *protocol, view)),
            To::Targets(targets) => {
                let datapaths = view.datapaths().iter();
                let under = datapaths.map(|datapath| {
                    let judge = Judge {
                        datapath: *datapath,
                        view,
                    };
                    Some((*datapath, judge.all(&self.from, targets)?))
                });
                under.collect()
            }
        }
    }

    /// Both ends under other policies.
    pub(super) fn under<'b>(&self, swaps: &[Swap<'b>]) -> Ends<'b>
    where
        'a: 'b,
    {
        let mut ends: Ends<'b> = self.clone();
        for candidate in &mut ends.from {
            candidate.end.swap(swaps);
        }
        if let To::Targets(targets) | To::Dns { pods: targets, .. } = &mut ends.to {
            for target in targets {
                target.who.end.swap(swaps);
            }
        }
        ends
    }

    /// Those whom it leads to, as far as they are judged as what they are.
    fn targets(&self) -> &[Target<'a>] {
        match &self.to {
            To::Targets(targets) | To::Dns { pods: targets, .. } => targets,
            To::ApiServer => &[],
        }
    }

    /// The pods at both ends.
    pub(super) fn shapes(&self) -> impl Iterator<Item = &Shape<'a>> {
        let from = self.from.iter().map(|it| &it.end);
        let to = self.targets().iter().map(|it| &it.who.end);
        from.chain(to).filter_map(End::shape)
    }

    /// The ports on which those are asked whom a policy applies to, each once.
    pub(super) fn ports_under(&self, policy: &Policy) -> Vec<(u16, Protocol)> {
        let applies = |target: &&Target<'a>| {
            let mut policies = target.who.end.policies().iter();
            policies.any(|it| std::ptr::eq(it.body, policy))
        };
        let targets = self.targets().iter().filter(applies);
        let mut ports: Vec<_> = targets.map(|it| (it.port, it.protocol)).collect();
        ports.sort_unstable();
        ports.dedup();
        ports
    }
}

/// Everyone whom the source stands for, as those over `to` tell them apart.
fn candidates<'a>(
    question: &Question<'a>,
    to: &[Target<'a>],
    directory: &Directory<'a>,
    view: View<'a>,
) -> Result<Vec<Candidate<'a>>, Unfound> {
    if let Member::World = question.from {
        let over = policies(to.iter().map(|target| &target.who));
        return Ok(outside(&over, Direction::Ingress, directory));
    }
    source::candidates(&question.from, directory, view)
}

fn policies<'c, 'a: 'c>(
    candidates: impl Iterator<Item = &'c Candidate<'a>>,
) -> Vec<Of<'a, Policy>> {
    let policies = candidates.flat_map(|it| it.end.policies());
    policies.copied().collect()
}
