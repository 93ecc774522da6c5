//! Who takes part in a survey: whether he asks, is asked, on which ports, and how he may be judged.

use super::actor::{Actor, Port};
use super::crowd::Who;
use crate::cluster::View;
use crate::policy::{Family, Policy, Protocol};
use crate::query::{Asked, Directory, Member, Port as PortWord, Shape};

/// The port on which the world is asked where no port is given.
const WORLDS_PORT: Port = (Protocol::Tcp, 443);

/// Somebody who takes part.
#[derive(Debug)]
pub(super) struct Entrant<'a> {
    /// Who it is.
    pub(super) member: Member<'a>,
    /// What it is called.
    pub(super) who: Who,
    /// Whether it asks.
    pub(super) asks: bool,
    /// Whether it is asked.
    pub(super) is_asked: bool,
    /// The ports on which it is asked, each once; none where it is not asked.
    pub(super) ports: Vec<Port>,
    /// The pods that it stands for.
    pub(super) shapes: Vec<Shape<'a>>,
}

/// What tells those apart whom rules do not: their part in the survey, the families of their
/// addresses, and policies that are not in force.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Mark {
    asks: bool,
    families: Families,
    policies: Vec<*const Policy>,
}

/// Of which families the known addresses are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Families {
    v4: bool,
    v6: bool,
}

impl Families {
    /// The family over which those with addresses of these talk to those with addresses of
    /// others, where it is known and only one.
    pub(super) fn shared(self, other: Self) -> Option<Family> {
        if self.v4 || other.v4 {
            Some(Family::V4)
        } else if self.v6 || other.v6 {
            Some(Family::V6)
        } else {
            None
        }
    }

    /// Whether these are both: then each is judged on its own.
    pub(super) fn are_both(self, other: Self) -> bool {
        (self.v4 || other.v4) && (self.v6 || other.v6)
    }
}

impl<'a> Entrant<'a> {
    /// A member as it takes part; where it is asked, on some ports or on those that it declares.
    pub(super) fn new(
        member: Member<'a>,
        (asks, asked): (bool, Option<&[Asked]>),
        directory: &Directory<'a>,
        view: View<'a>,
    ) -> Self {
        let shapes = member.shapes(view);
        let namespace = match &member {
            Member::Pods(workload) => Some(workload.meta.namespace()),
            Member::Service(service, _) => Some(service.meta.namespace()),
            _ => None,
        };
        let is_one = shapes.iter().any(|shape| shape.name.is_some());
        Self {
            who: Who {
                name: directory.name(&member),
                namespace: namespace.filter(|it| !it.is_empty()).map(str::to_owned),
                is_one,
            },
            asks,
            is_asked: asked.is_some(),
            ports: asked.map_or_else(Vec::new, |asked| ports(&member, &shapes, asked, view)),
            member,
            shapes,
        }
    }

    /// Whether it is pods of one template, whose addresses, if known, are of one family: then the
    /// evaluator's answer is the whole answer.
    pub(super) fn is_plain(&self) -> bool {
        self.shapes.len() == 1 && !self.families().are_both(Families::default())
    }

    /// Of which families its known addresses are.
    pub(super) fn families(&self) -> Families {
        let addresses = self.shapes.iter().flat_map(Shape::addresses);
        addresses.fold(Families::default(), |found, it| Families {
            v4: found.v4 || it.is_ipv4(),
            v6: found.v6 || it.is_ipv6(),
        })
    }

    /// What tells it apart beside the rules.
    pub(super) fn mark(&self) -> Mark {
        let policies = self.shapes.iter().flat_map(|shape| &shape.policies);
        Mark {
            asks: self.asks,
            families: self.families(),
            policies: policies.map(|it| std::ptr::from_ref(it.body)).collect(),
        }
    }

    /// It as the evaluator sees it.
    pub(super) fn actor(&self) -> Option<Actor<'_, 'a>> {
        let shape = self.shapes.first()?;
        Some(Actor {
            party: shape.party(),
            policies: shape.policies.clone(),
            ports: self.ports.clone(),
        })
    }
}

/// The ports on which a member is asked: these, or those that it declares.
fn ports(member: &Member<'_>, shapes: &[Shape<'_>], asked: &[Asked], view: View<'_>) -> Vec<Port> {
    let numbered = || asked.iter().filter_map(numbered);
    let mut ports: Vec<Port> = match member {
        Member::Pods(_) if asked.is_empty() => {
            let declared = shapes.iter().flat_map(|shape| &shape.ports);
            declared.map(|port| (port.protocol, port.number)).collect()
        }
        Member::Pods(_) => {
            let each = shapes.iter().flat_map(|shape| {
                let on = asked.iter().filter_map(|asked| asked.on(shape));
                on.map(|(number, protocol)| (protocol, number))
            });
            each.collect()
        }
        Member::World if asked.is_empty() => vec![WORLDS_PORT],
        Member::World | Member::Address(_) => numbered().collect(),
        Member::Service(_, port) => vec![(port.protocol, port.port)],
        Member::ApiServer | Member::Dns => {
            let own = member.own_ports(view).into_iter();
            let asked: Vec<Port> = numbered().collect();
            own.filter(|port| asked.is_empty() || asked.contains(port))
                .collect()
        }
    };
    ports.sort_unstable();
    ports.dedup();
    ports
}

fn numbered(asked: &Asked) -> Option<Port> {
    match asked.port {
        PortWord::Number(number) => Some((asked.protocol.unwrap_or_default(), number)),
        PortWord::Name(_) => None,
    }
}
