//! The API server and the cluster's DNS as destinations.

use super::Shape;
use super::answer::{Answer, Says, Side};
use super::end::End;
use super::judge::{Candidate, Judge, Target};
use super::source::of_shape;
use crate::cluster::View;
use crate::object::PodSpec;
use crate::policy::{Datapath, Protocol};
use crate::reach::{self, Dns, Reach, Reached, endpoints, listens_on};

/// The port of DNS.
pub(super) const DNS_PORT: u16 = 53;

/// The port of the API server, as a connection to it ends: its endpoints', or its Service's where
/// that is not known.
pub(super) fn api_server_port(view: View<'_>) -> (String, Protocol) {
    let known = endpoints(view);
    let port = match *listens_on(&known, view.knowledge().platform).as_slice() {
        [only] => only,
        _ => known.service_port,
    };
    (port.to_string(), Protocol::Tcp)
}

/// Whether everyone of `from` reaches the API server, under each datapath in question.
pub(super) fn api_server<'a>(
    from: &[Candidate<'a>],
    view: View<'a>,
) -> Vec<(Datapath, Answer<'a>)> {
    let known = endpoints(view);
    each(from, view, |shape| {
        reach::api_server(&shape.egress(view), &known, view)
    })
}

/// Whether everyone of `from` reaches the cluster's DNS, under each datapath in question.
pub(super) fn dns<'a>(
    from: &[Candidate<'a>],
    pods: &[Target<'a>],
    protocol: Protocol,
    view: View<'a>,
) -> Vec<(Datapath, Answer<'a>)> {
    let known = Dns::of(view);
    // Whether it is that which they ask is another question.
    let asks = PodSpec::default();
    let mut answers = each(from, view, |shape| {
        reach::dns(&shape.egress(view), &asks, protocol, &known, view)
    });
    for (datapath, answer) in &mut answers {
        let judge = Judge {
            datapath: *datapath,
            view,
        };
        if let Some(behind) = judge.all(from, pods) {
            *answer = Answer::of(answer.egress.clone(), behind.ingress);
        }
    }
    answers
}

/// The DNS pods in view, where they listen.
pub(super) fn dns_pods(protocol: Protocol, view: View<'_>) -> Vec<Target<'_>> {
    let known = Dns::of(view);
    let pods = known.pods.iter();
    let shapes = pods.flat_map(|workload| Shape::of_workload(*workload, view));
    shapes
        .flat_map(|shape| {
            let ports = known.targets(shape.spec(), protocol).into_iter();
            let who = of_shape(shape);
            ports.map(move |port| Target {
                who: who.clone(),
                port,
                protocol,
                through: None,
            })
        })
        .collect()
}

/// Egress of everyone of `from`, under each datapath in question.
fn each<'a>(
    from: &[Candidate<'a>],
    view: View<'a>,
    reach: impl Fn(&Shape<'a>) -> Vec<Reach<'a>>,
) -> Vec<(Datapath, Answer<'a>)> {
    let reached: Vec<(String, Option<Vec<Reach<'a>>>)> = from
        .iter()
        .map(|candidate| {
            let reached = match &candidate.end {
                End::Pods(shape) if !shape.spec().host_network => Some(reach(shape)),
                End::Pods(_) | End::Other(_) | End::World(_) => None,
            };
            (candidate.name.clone(), reached)
        })
        .collect();
    let under = |datapath: Datapath| {
        let parts = reached.iter().filter_map(|(name, reached)| {
            let side = match reached {
                None => Side::FREE,
                Some(all) => side(all.iter().find(|it| it.datapath == datapath)?),
            };
            Some((name.clone(), Answer::of(side, Side::FREE)))
        });
        Answer::one_of("from", &parts.collect::<Vec<_>>())
    };
    let datapaths = view.datapaths().iter();
    datapaths
        .filter_map(|datapath| Some((*datapath, under(*datapath)?)))
        .collect()
}

fn side<'a>(reach: &Reach<'a>) -> Side<'a> {
    let says = match reach.reached {
        Reached::Yes => Says::Allowed,
        Reached::No => Says::Denied,
        Reached::Partly { reached, of } => {
            Says::Depends(format!("it reaches {reached} of {of} API-server endpoints"))
        }
        Reached::Unclear => Says::Depends(reach.because.as_ref().map_or_else(
            || "where it listens is not known".to_owned(),
            ToString::to_string,
        )),
    };
    Side { says, by: reach.by }
}
