//! Where questions in words are asked: everyone who is there, and what is known of the cluster.

use crate::cluster::{Knowledge, Store, View};
use crate::finding::Datapath;
use crate::query::{Answered, Asked, Directory, Member, Question, Unfound};

/// Everyone who is there, and what is known of the cluster.
pub(super) struct Desk<'s> {
    store: &'s Store,
    directory: Directory<'s>,
    /// The namespace of names without one.
    namespace: Option<&'s str>,
    /// What is known where a question names no datapath.
    usual: Knowledge,
    /// The same under each datapath that a question may name.
    under: Vec<Knowledge>,
}

impl<'s> Desk<'s> {
    pub(super) fn new(store: &'s Store, namespace: Option<&'s str>, usual: Knowledge) -> Self {
        let all = Datapath::ENFORCING.into_iter().chain([Datapath::None]);
        let under = all.map(|datapath| Knowledge {
            datapath: Some(datapath),
            ..usual
        });
        Self {
            store,
            directory: Directory::of(View::new(store, &Knowledge::UNKNOWN)),
            namespace,
            usual,
            under: under.collect(),
        }
    }

    /// Answers a question, under one datapath where it names one.
    pub(super) fn ask<'d>(
        &'d self,
        from: &str,
        to: &str,
        port: Option<&str>,
        datapath: Option<Datapath>,
    ) -> Result<Answered<'d>, Unfound> {
        let named = |it: &&Knowledge| datapath.is_some() && it.datapath == datapath;
        let knowledge = self.under.iter().find(named).unwrap_or(&self.usual);
        let directory: &Directory<'d> = &self.directory;
        let view = View::new(self.store, knowledge);
        // A pod that something owns is judged as its Workload's pods are, under its own name.
        let by_pod = |words: &str| directory.by_pod(words, self.namespace, view);
        let or_pod = |found: Result<Member<'d>, Unfound>, words: &str| match found {
            Err(nobody @ Unfound::Nobody { .. }) => {
                let pod = by_pod(words).map(|(member, name)| (member, Some(name)));
                pod.ok_or(nobody)
            }
            found => found.map(|member| (member, None)),
        };
        let (from, from_pod) = or_pod(directory.source(from, self.namespace), from)?;
        let (to, to_pod) = or_pod(directory.destination(to, self.namespace), to)?;
        let question = Question {
            from,
            to,
            port: port.map(Asked::parse).transpose()?,
        };
        let answered = question.answered(directory, view)?;
        Ok(Answered {
            from: from_pod.unwrap_or(answered.from),
            to: to_pod.unwrap_or(answered.to),
            ..answered
        })
    }
}
