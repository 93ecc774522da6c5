//! Where questions in words are asked: everyone who is there, and what is known of the cluster.

use crate::cluster::{Knowledge, Store, View};
use crate::finding::Datapath;
use crate::query::{Answered, Asked, Directory, Question, Unfound};

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
        let question = Question {
            from: directory.source(from, self.namespace)?,
            to: directory.destination(to, self.namespace)?,
            port: port.map(Asked::parse).transpose()?,
        };
        question.answered(directory, View::new(self.store, knowledge))
    }
}
