//! A question and its answer: may one member talk to another on a port?

use super::answer::Answer;
use super::destination::{Destination, at};
use super::judge::{Candidate, Judge, Target};
use super::port::Asked;
use super::world::outside;
use super::{Directory, Member, Unfound, source, well_known};
use crate::cluster::View;
use crate::object::Of;
use crate::policy::{Datapath, Direction, Policy, Protocol};

/// May one member talk to another?
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// Whom the Flow starts from.
    pub from: Member<'a>,
    /// Whom it leads to.
    pub to: Member<'a>,
    /// On which port; without one, on the only one that there is.
    pub port: Option<Asked>,
}

/// A question with its answer.
#[derive(Clone, Debug)]
pub struct Answered<'a> {
    /// What the source is called.
    pub from: String,
    /// What the destination is called.
    pub to: String,
    /// The port, `8080/TCP`.
    pub port: String,
    /// The datapath, where it is known.
    pub datapath: Option<Datapath>,
    /// The answer.
    pub answer: Answer<'a>,
}

impl<'a> Question<'a> {
    /// Answers it; or says why it cannot be asked.
    pub fn answered(
        &self,
        directory: &Directory<'a>,
        view: View<'a>,
    ) -> Result<Answered<'a>, Unfound> {
        let (port, parts) = match self.to {
            Member::ApiServer => {
                let from = self.candidates(&[], directory, view)?;
                let parts = well_known::api_server(&from, view);
                (well_known::api_server_port(view), parts)
            }
            Member::Dns => {
                let asked = self.port.as_ref().and_then(|it| it.protocol);
                let protocol = asked.unwrap_or(Protocol::Udp);
                let from = self.candidates(&[], directory, view)?;
                let parts = well_known::dns(&from, protocol, view);
                ((well_known::DNS_PORT.to_string(), protocol), parts)
            }
            _ => self.direct(directory, view)?,
        };
        Ok(Answered {
            from: directory.name(&self.from),
            to: directory.name(&self.to),
            port: format!("{}/{}", port.0, port.1),
            datapath: datapath(view),
            answer: under_all(parts),
        })
    }
}

impl<'a> Question<'a> {
    /// A destination that is judged as what it is.
    fn direct(&self, directory: &Directory<'a>, view: View<'a>) -> Result<Direct<'a>, Unfound> {
        let destination = Destination {
            name: directory.name(&self.to),
            port: self.port.as_ref(),
            directory,
            view,
        };
        let mut found = destination.of(&self.to)?;
        let from = self.candidates(&found.targets, directory, view)?;
        if let Member::World = self.to {
            let over: Vec<Of<'a, Policy>> = from
                .iter()
                .flat_map(|it| it.end.policies())
                .copied()
                .collect();
            let outside = outside(&over, Direction::Egress, directory).into_iter();
            let asked = destination.numbered()?;
            found.targets = outside.map(|who| at(who, asked)).collect();
        }
        let parts = each(&from, &found.targets, view);
        Ok((found.port, parts.ok_or_else(|| self.no_family(directory))?))
    }

    /// Everyone whom the source stands for, as those over `to` tell them apart.
    fn candidates(
        &self,
        to: &[Target<'a>],
        directory: &Directory<'a>,
        view: View<'a>,
    ) -> Result<Vec<Candidate<'a>>, Unfound> {
        let Member::World = self.from else {
            return source::candidates(&self.from, directory, view);
        };
        let over: Vec<Of<'a, Policy>> = to
            .iter()
            .flat_map(|it| it.who.end.policies())
            .copied()
            .collect();
        Ok(outside(&over, Direction::Ingress, directory))
    }

    fn no_family(&self, directory: &Directory<'_>) -> Unfound {
        Unfound::Unfit(format!(
            "{} and {} have no address of the same family",
            directory.name(&self.from),
            directory.name(&self.to)
        ))
    }
}

/// The port in words, and the answer under each datapath.
type Direct<'a> = ((String, Protocol), Vec<(Datapath, Answer<'a>)>);

/// The datapath, where only one is in question.
fn datapath(view: View<'_>) -> Option<Datapath> {
    match (view.knowledge().datapath, view.datapaths()) {
        (Some(known), _) => Some(known),
        (None, [only]) => Some(*only),
        (None, _) => None,
    }
}

/// The answer under each datapath in question; `None` where the ends have no family of addresses
/// in common.
fn each<'a>(
    from: &[Candidate<'a>],
    to: &[Target<'a>],
    view: View<'a>,
) -> Option<Vec<(Datapath, Answer<'a>)>> {
    let datapaths = view.datapaths().iter();
    datapaths
        .map(|datapath| {
            let judge = Judge {
                datapath: *datapath,
                view,
            };
            Some((*datapath, judge.all(from, to)?))
        })
        .collect()
}

/// One answer that holds under all datapaths, or else what it is under which.
fn under_all<'a>(mut parts: Vec<(Datapath, Answer<'a>)>) -> Answer<'a> {
    let with = |datapath: Datapath| {
        let mut all = parts.iter();
        all.find(|(it, _)| *it == datapath)
            .map(|(_, answer)| answer)
    };
    // What Cilium answers either way needs to be said once.
    let alike = match (with(Datapath::Cilium), with(Datapath::CiliumNodes)) {
        (Some(one), Some(other)) => one.is_like(other),
        _ => false,
    };
    parts.retain(|(it, _)| !(alike && *it == Datapath::CiliumNodes));
    let named: Vec<(String, Answer<'a>)> = parts
        .into_iter()
        .map(|(datapath, answer)| (datapath.title().to_owned(), answer))
        .collect();
    Answer::one_of("with", &named).unwrap_or(Answer::FREE)
}
