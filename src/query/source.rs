//! Whom policies see where a Flow starts.

use std::net::IpAddr;

use super::directory::Owner;
use super::end::End;
use super::judge::Candidate;
use super::{Directory, Member, Shape, Unfound};
use crate::cluster::View;
use crate::object::{Of, Workload};
use crate::reach::{Party, endpoint_at};

/// Everyone whom a member as a source stands for.
pub(super) fn candidates<'a>(
    member: &Member<'a>,
    directory: &Directory<'a>,
    view: View<'a>,
) -> Result<Vec<Candidate<'a>>, Unfound> {
    match member {
        Member::Pods(workload) => Ok(of_workload(*workload, view)),
        Member::Address(address) => of_address(*address, directory, view).map(|one| vec![one]),
        Member::Service(..) | Member::ApiServer | Member::Dns | Member::World => {
            Err(Unfound::Unfit(format!(
                "{} cannot be whom a flow starts from, only whom it leads to",
                directory.name(member)
            )))
        }
    }
}

/// The pods of a Workload: told apart by their template, where it has several.
pub(super) fn of_workload<'a>(workload: Of<'a, Workload>, view: View<'a>) -> Vec<Candidate<'a>> {
    let shapes = Shape::of_workload(workload, view).into_iter();
    shapes.map(of_shape).collect()
}

pub(super) fn of_shape(shape: Shape<'_>) -> Candidate<'_> {
    let meta = shape.workload.meta;
    let name = if shape.workload.body.more.is_empty() {
        meta.to_string()
    } else {
        format!("{meta} ({})", shape.template.at)
    };
    Candidate {
        name,
        end: End::Pods(Box::new(shape)),
    }
}

/// Whoever has an address.
pub(super) fn of_address<'a>(
    address: IpAddr,
    directory: &Directory<'a>,
    view: View<'a>,
) -> Result<Candidate<'a>, Unfound> {
    let party = match directory.owner(address) {
        Some(Owner::Pod(pod)) => {
            let shape = Shape::of_workload(pod, view).into_iter().next();
            let shape = shape.map(|shape| of_shape(shape.at(address)));
            return shape.ok_or_else(|| Unfound::Unfit(format!("{} is no pod", pod.meta)));
        }
        Some(Owner::Node(name)) => Party::Node {
            name: Some(name),
            address,
        },
        Some(Owner::Service(service)) => {
            return Err(Unfound::Unfit(format!(
                "{address} is the address of {}, which opens no connections",
                service.meta
            )));
        }
        Some(Owner::ApiServer) => Party::ApiServer(endpoint_at(address, view)),
        None => Party::Address(address),
    };
    Ok(Candidate {
        name: address.to_string(),
        end: End::Other(party),
    })
}
