//! A question and its answer: may one member talk to another on a port?

use super::answer::Answer;
use super::ends::Ends;
use super::fix::{Fix, fix};
use super::port::Asked;
use super::{Directory, Member, Unfound};
use crate::cluster::View;
use crate::policy::Datapath;

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
    /// What would let it pass.
    pub fix: Fix,
}

impl<'a> Question<'a> {
    /// Answers it; or says why it cannot be asked.
    pub fn answered(
        &self,
        directory: &Directory<'a>,
        view: View<'a>,
    ) -> Result<Answered<'a>, Unfound> {
        let ends = Ends::of(self, directory, view)?;
        let answer = self.judged(&ends, directory, view)?;
        Ok(Answered {
            from: directory.name(&self.from),
            to: directory.name(&self.to),
            port: format!("{}/{}", ends.port.0, ends.port.1),
            datapath: only_datapath(view),
            fix: fix(&ends, &answer, view),
            answer,
        })
    }

    /// The answer alone, without what would let it pass.
    pub fn answer(&self, directory: &Directory<'a>, view: View<'a>) -> Result<Answer<'a>, Unfound> {
        let ends = Ends::of(self, directory, view)?;
        self.judged(&ends, directory, view)
    }

    fn judged(
        &self,
        ends: &Ends<'a>,
        directory: &Directory<'a>,
        view: View<'a>,
    ) -> Result<Answer<'a>, Unfound> {
        let parts = ends.judged(view).ok_or_else(|| {
            let (from, to) = (directory.name(&self.from), directory.name(&self.to));
            Unfound::Unfit(format!(
                "{from} and {to} have no address of the same family"
            ))
        })?;
        Ok(under_all(parts))
    }
}

/// The datapath, where only one is in question.
pub fn only_datapath(view: View<'_>) -> Option<Datapath> {
    match (view.knowledge().datapath, view.datapaths()) {
        (Some(known), _) => Some(known),
        (None, [only]) => Some(*only),
        (None, _) => None,
    }
}

/// One answer that holds under all datapaths, or else what it is under which.
pub(super) fn under_all(mut parts: Vec<(Datapath, Answer<'_>)>) -> Answer<'_> {
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
    let named: Vec<(String, Answer<'_>)> = parts
        .into_iter()
        .map(|(datapath, answer)| (datapath.title().to_owned(), answer))
        .collect();
    Answer::one_of("with", &named).unwrap_or(Answer::FREE)
}
