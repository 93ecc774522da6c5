//! Whether what publishes a Service gets to the pods behind it.

use crate::cluster::View;
use crate::object::{BackendPort, Kind, Of, Route, Service, ServicePort, Workload};
use crate::policy::Protocol;
use crate::reach::{Behind, By, Decision, Outcome, Pods, controller};

/// An Ingress whose controller does not get to the Service that it publishes.
#[derive(Debug)]
pub(super) struct ShutOut<'a> {
    /// The Ingress.
    pub(super) route: Of<'a, Route>,
    /// Its controller.
    pub(super) controller: Of<'a, Workload>,
    /// What decided it.
    pub(super) by: By<'a>,
}

/// The first Ingress that publishes a port of a Service and whose controller, where it is known,
/// gets to none of the pods behind, under any datapath in question.
pub(super) fn shut_out<'a>(
    service: Of<'_, Service>,
    port: &ServicePort,
    behind: &[Behind<'a>],
    view: View<'a>,
) -> Option<ShutOut<'a>> {
    let (namespace, name) = (service.meta.namespace(), service.meta.name());
    let routes = view.asking_for::<Route>(Kind::Service, namespace, name);
    let mut found = routes.into_iter().filter_map(|route| {
        let class = route.body.class.as_deref()?;
        let mut backends = route.body.backends.iter();
        backends.find(|it| *it.service == *name && is(it.port.as_ref(), port))?;
        let controller = controller(class, view)?;
        let by = stopped(&Pods::of(controller, view), behind, port.protocol, view)?;
        Some(ShutOut {
            route,
            controller,
            by,
        })
    });
    found.next()
}

/// Whether a backend is on a port of the Service.
fn is(asked: Option<&BackendPort>, port: &ServicePort) -> bool {
    match asked {
        Some(BackendPort::Number(number)) => *number == port.port,
        Some(BackendPort::Name(name)) => port.name.as_ref() == Some(name),
        None => false,
    }
}

/// What stops everything that some pods send to those behind a Service; `None` where something
/// may get there.
fn stopped<'a>(
    sources: &[Pods<'a>],
    behind: &[Behind<'a>],
    protocol: Protocol,
    view: View<'a>,
) -> Option<By<'a>> {
    let mut first = None;
    for source in sources {
        for target in behind {
            let pods = Pods::of(target.workload, view);
            let pods = pods
                .iter()
                .find(|it| std::ptr::eq(it.template, target.template))?;
            for datapath in view.datapaths() {
                let verdict = source.to(pods, (protocol, target.port), *datapath, view);
                let Decision { outcome, by } = verdict.ingress;
                if outcome != Outcome::Denied {
                    return None;
                }
                first = first.or(by);
            }
        }
    }
    first
}
