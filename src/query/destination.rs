//! Whom policies see where a Flow leads to, and on which port.

use std::net::IpAddr;

use super::judge::{Candidate, Target, Through};
use super::port::{Asked, Port, in_words};
use super::{Directory, Member, Owner, Shape, Unfound, source};
use crate::cluster::View;
use crate::object::{EndpointSlice, Kind, Of, Service, ServicePort, Target as Leads};
use crate::policy::Protocol;
use crate::rules::{Backend, backends};

/// Everyone whom a member as a destination stands for, and the port in words.
#[derive(Clone, Debug)]
pub(super) struct Found<'a> {
    pub(super) port: (String, Protocol),
    pub(super) targets: Vec<Target<'a>>,
}

/// A destination that is asked for.
pub(super) struct Destination<'q, 'a> {
    /// What it is called.
    pub(super) name: String,
    pub(super) port: Option<&'q Asked>,
    pub(super) directory: &'q Directory<'a>,
    pub(super) view: View<'a>,
}

impl<'a> Destination<'_, 'a> {
    /// Everyone whom `member` stands for.
    pub(super) fn of(&self, member: &Member<'a>) -> Result<Found<'a>, Unfound> {
        match member {
            Member::Pods(workload) => self.pods(Shape::of_workload(*workload, self.view)),
            Member::Address(address) => self.address(*address),
            Member::Service(service, port) => self.service(*service, port),
            Member::World | Member::ApiServer | Member::Dns => Ok(Found {
                port: self.number()?,
                targets: Vec::new(),
            }),
        }
    }

    /// Pods on the port that is asked for, or on the only one that they declare.
    fn pods(&self, shapes: Vec<Shape<'a>>) -> Result<Found<'a>, Unfound> {
        let declared = in_words(&shapes);
        let only = || {
            let mut ports: Vec<_> = shapes.iter().flat_map(|shape| &shape.ports).collect();
            ports.dedup_by_key(|port| (port.number, port.protocol));
            match ports.as_slice() {
                [only] => Some((only.number, only.protocol)),
                _ => None,
            }
        };
        let ports: Vec<Option<(u16, Protocol)>> = match (self.port, only()) {
            (Some(asked), _) => shapes.iter().map(|shape| asked.on(shape)).collect(),
            (None, only @ Some(_)) => vec![only; shapes.len()],
            (None, None) => {
                let name = &self.name;
                return Err(Unfound::Unfit(if declared.is_empty() {
                    format!("{name} declares no port, so say which one is meant")
                } else {
                    format!("{name} declares several ports, so say which one: {declared}")
                }));
            }
        };
        let mut found = ports.iter().flatten();
        let Some(first) = found.next().copied() else {
            return Err(self.no_such_port(&declared));
        };
        let port = match self.port.map(|asked| &asked.port) {
            Some(Port::Name(name)) if found.any(|other| *other != first) => name.clone(),
            _ => first.0.to_string(),
        };
        let target = |(shape, port): (Shape<'a>, Option<(u16, Protocol)>)| {
            port.map(|port| at(source::of_shape(shape), port))
        };
        Ok(Found {
            port: (port, first.1),
            targets: shapes
                .into_iter()
                .zip(ports.clone())
                .filter_map(target)
                .collect(),
        })
    }

    fn no_such_port(&self, declared: &str) -> Unfound {
        let name = &self.name;
        let port = self
            .port
            .map_or_else(String::new, |asked| match &asked.port {
                Port::Number(number) => number.to_string(),
                Port::Name(name) => name.clone(),
            });
        Unfound::Unfit(if declared.is_empty() {
            format!("{name} declares no port {port}, nor any other")
        } else {
            format!("{name} declares no port {port}; it declares {declared}")
        })
    }

    /// The number that is asked for, of someone who declares none.
    fn number(&self) -> Result<(String, Protocol), Unfound> {
        self.numbered()
            .map(|(number, protocol)| (number.to_string(), protocol))
    }

    pub(super) fn numbered(&self) -> Result<(u16, Protocol), Unfound> {
        let name = &self.name;
        match self.port {
            Some(Asked {
                port: Port::Number(number),
                protocol,
            }) => Ok((*number, protocol.unwrap_or_default())),
            Some(Asked {
                port: Port::Name(port),
                ..
            }) => Err(Unfound::Unfit(format!(
                "{name} declares no ports, so that the port must be a number, not {port}"
            ))),
            None => Err(Unfound::Unfit(format!("say which port of {name} is meant"))),
        }
    }

    fn address(&self, address: IpAddr) -> Result<Found<'a>, Unfound> {
        match self.directory.owner(address) {
            Some(Owner::Service(service)) => {
                let (number, protocol) = self.numbered()?;
                let mut ports = service.body.ports.iter();
                let port = ports.find(|it| (it.port, it.protocol) == (number, protocol));
                let port = port.ok_or_else(|| {
                    let meta = service.meta;
                    Unfound::Unfit(format!("{meta} has no port {number}/{protocol}"))
                })?;
                self.service(service, port)
            }
            Some(Owner::Pod(pod)) => {
                let shapes = Shape::of_workload(pod, self.view).into_iter();
                self.pods(shapes.map(|shape| shape.at(address)).collect())
            }
            _ => {
                let (number, protocol) = self.numbered()?;
                let who = source::of_address(address, self.directory, self.view)?;
                Ok(Found {
                    port: (number.to_string(), protocol),
                    targets: vec![at(who, (number, protocol))],
                })
            }
        }
    }

    /// What stands behind a port of a Service: the pods that it selects, or what its slices name.
    fn service(&self, service: Of<'a, Service>, port: &ServicePort) -> Result<Found<'a>, Unfound> {
        let meta = service.meta;
        if service.external_name {
            return Err(Unfound::Unfit(format!(
                "{meta} is another name for a host elsewhere; ask for its address"
            )));
        }
        self.agrees(port)?;
        let through = (!service.headless).then(|| Through {
            addresses: service.cluster_ips.clone(),
            port: port.port,
        });
        let mut targets = if service.selects.is_empty() {
            self.endpoints(service, port)?
        } else {
            self.selected(service, port)?
        };
        for target in &mut targets {
            target.through.clone_from(&through);
        }
        Ok(Found {
            port: (port.port.to_string(), port.protocol),
            targets,
        })
    }

    /// The port of a Service goes with its name: another one beside it is a mistake.
    fn agrees(&self, port: &ServicePort) -> Result<(), Unfound> {
        let agrees = self.port.is_none_or(|asked| {
            let same = match &asked.port {
                Port::Number(number) => *number == port.port || Some(*number) == port.number(),
                Port::Name(name) => {
                    Some(name.as_str()) == port.name.as_deref()
                        || matches!(&port.target, Leads::Name(target) if **target == **name)
                }
            };
            same && asked.protocol.is_none_or(|it| it == port.protocol)
        });
        if agrees {
            return Ok(());
        }
        Err(Unfound::Unfit(format!(
            "the port of a Service goes with its name, and {} has another",
            self.name
        )))
    }

    fn selected(
        &self,
        service: Of<'a, Service>,
        port: &ServicePort,
    ) -> Result<Vec<Target<'a>>, Unfound> {
        let meta = service.meta;
        let behind = backends(service, self.view).all;
        if behind.is_empty() {
            return Err(Unfound::Unfit(format!(
                "{meta} selects no pod, so that nobody answers there"
            )));
        }
        let shapes = |backend: Backend<'a>| {
            let templates = backend.templates.clone().into_iter();
            templates.map(move |it| Shape::of_template(backend.workload, it, self.view))
        };
        let shapes = behind.into_iter().flat_map(shapes);
        let targets = shapes.filter_map(|shape| {
            let number = match &port.target {
                Leads::Name(name) => {
                    let mut ports = shape.ports.iter();
                    let named = ports
                        .find(|it| it.name.as_ref() == Some(name) && it.protocol == port.protocol);
                    named.map(|it| it.number)
                }
                Leads::Same | Leads::Number(_) => port.number(),
            };
            number.map(|number| at(source::of_shape(shape), (number, port.protocol)))
        });
        let targets: Vec<Target<'a>> = targets.collect();
        match (&port.target, targets.is_empty()) {
            (Leads::Name(name), true) => Err(Unfound::Unfit(format!(
                "port {} of {meta} leads to port {name}, which no pod behind it declares",
                port.port
            ))),
            _ => Ok(targets),
        }
    }

    fn endpoints(
        &self,
        service: Of<'a, Service>,
        port: &ServicePort,
    ) -> Result<Vec<Target<'a>>, Unfound> {
        let meta = service.meta;
        let slices: Vec<Of<'a, EndpointSlice>> =
            self.view
                .asking_for(Kind::Service, meta.namespace(), meta.name());
        let mut targets = Vec::new();
        for slice in slices {
            let ports = slice.body.ports.iter().filter(|it| {
                it.protocol == port.protocol
                    && it.name.as_deref().unwrap_or("") == port.name.as_deref().unwrap_or("")
            });
            for number in ports.map(|it| it.port.unwrap_or(port.port)) {
                for address in &slice.body.addresses {
                    let who = source::of_address(*address, self.directory, self.view)?;
                    targets.push(at(who, (number, port.protocol)));
                }
            }
        }
        if targets.is_empty() {
            return Err(Unfound::Unfit(format!(
                "{meta} selects no pods itself, and who else stands behind it is not known"
            )));
        }
        Ok(targets)
    }
}

pub(super) fn at(who: Candidate<'_>, (port, protocol): (u16, Protocol)) -> Target<'_> {
    Target {
        who,
        port,
        protocol,
        through: None,
    }
}
