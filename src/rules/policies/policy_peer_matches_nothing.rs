//! `policy-peer-matches-nothing`: the other side of a policy's rule is no pod and no namespace.

use std::collections::BTreeSet;

use crate::cluster::{Known, View};
use crate::finding::{FieldPath, Finding, Severity};
use crate::object::{Kind, Of};
use crate::policy::{Direction, Namespaces, Peer, Peers, PodSet, Policy};
use crate::rules::aim::Aim;
use crate::rules::mending::agree;
use crate::rules::nearest::{Near, Search, nearest};
use crate::rules::presence::{Places, Presence, presence};
use crate::rules::run_time::asks_for_labels_of_programs;
use crate::rules::{Check, Rule, api_server_peer, meant, namespace_labels, stray_dash};

pub(crate) const RULE: Rule = Rule {
    id: "policy-peer-matches-nothing",
    page: include_str!("policy_peer_matches_nothing.md"),
    check: Check::Policy(check),
    gathers: "",
};

fn check(policy: Of<'_, Policy>, view: View<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for direction in [Direction::Ingress, Direction::Egress] {
        let rules = policy.rules(direction).iter();
        let lists: Vec<Vec<&Peer>> = rules
            .filter(|rule| rule.undecidable.is_none())
            .flat_map(|rule| lists(&rule.peers))
            .collect();
        let scene = Scene {
            policy,
            direction,
            all: lists.iter().flatten().copied().filter_map(pods).collect(),
            view,
        };
        for list in &lists {
            let peers = list.iter().copied().filter_map(pods);
            found.extend(peers.filter_map(|peer| scene.judge(peer, list)));
        }
    }
    // Some dialects say the peers of several rules in one place.
    let mut places = BTreeSet::new();
    found.retain(|finding| places.insert(finding.field.clone()));
    found
}

/// The lists of which a peer each must hold the other side; what must not hold it is left out.
fn lists(peers: &Peers) -> Vec<Vec<&Peer>> {
    let Peers::OneOf(peers) = peers else {
        return Vec::new();
    };
    let inner = peers.iter().flat_map(|peer| match peer {
        Peer::AllOf(parts) => parts.iter().flat_map(lists).collect(),
        _ => Vec::new(),
    });
    let mut all: Vec<Vec<&Peer>> = inner.collect();
    all.push(peers.iter().collect());
    all
}

/// A set of pods, and where it stands.
type At<'p> = (&'p PodSet, &'p FieldPath);

fn pods(peer: &Peer) -> Option<At<'_>> {
    match peer {
        Peer::Pods { set, at } => Some((set, at)),
        _ => None,
    }
}

/// One direction of a policy.
struct Scene<'a> {
    policy: Of<'a, Policy>,
    direction: Direction,
    /// Every peer of it that is a set of pods.
    all: Vec<At<'a>>,
    view: View<'a>,
}

impl<'a> Scene<'a> {
    fn judge(&self, (set, at): At<'a>, list: &[&'a Peer]) -> Option<Finding> {
        let (meta, view) = (self.policy.meta, self.view);
        let own = meta.namespace();
        let side = (own, self.direction);
        if let Some(finding) = api_server_peer::finding(meta.kind, (set, at), side, view) {
            return Some(finding);
        }
        if let Some(finding) = namespace_labels::finding(meta, (set, at), "matches", view) {
            return Some(finding);
        }
        if self.is_set_of_addresses(set, list) {
            return None;
        }
        match presence(set, own, view) {
            Presence::Possible => None,
            Presence::Absent(places) => self.absent((set, at), &places, list),
        }
        .map(Finding::absent)
    }

    /// What is said of a peer that finds no pod in the namespaces where it looks.
    fn absent(&self, (set, at): At<'a>, places: &Places<'a>, list: &[&'a Peer]) -> Option<Finding> {
        let (meta, view) = (self.policy.meta, self.view);
        let nothing = |namespace| Some(nothing_yet(&Aim::of_peer(meta, (set, at), namespace)?, at));
        let Some(namespace) = places.only() else {
            return nothing("");
        };
        let aim = Aim::of_peer(meta, (set, at), namespace)?;
        let complete = view.known(Kind::Pod, namespace) == Known::All;
        let elsewhere = set.namespaces != Namespaces::Own && namespace != meta.namespace();
        if asks_for_labels_of_programs(&aim, view)
            || (elsewhere && is_platform(namespace) && !complete)
        {
            return None;
        }
        if let Some(finding) = stray_dash::finding(&aim, (set, at), list, view) {
            return Some(finding);
        }
        let beside: Vec<&PodSet> = self.all.iter().map(|(set, _)| *set).collect();
        match nearest(&aim, view, |it| meant::by_peer(&aim, it, &beside, view)) {
            Search::Undecided => None,
            Search::Near(near) => Some(near_miss(&aim, &near, at, view)),
            // Of what others deploy files show a part.
            Search::Nothing if elsewhere && !complete => None,
            Search::Nothing => nothing(namespace),
        }
    }

    /// Whether a peer may mean sets of addresses, which have labels too.
    fn is_set_of_addresses(&self, set: &PodSet, list: &[&Peer]) -> bool {
        let may_be = list.iter().any(|peer| matches!(peer, Peer::Sets { .. }));
        let mut sets = self.view.network_sets().into_iter();
        may_be && sets.any(|found| set.pods.matches(&found.meta.labels))
    }
}

/// Whether a namespace holds what comes with the cluster, and with no repository.
fn is_platform(namespace: &str) -> bool {
    namespace.starts_with("kube-") || namespace.starts_with("openshift-")
}

fn near_miss(aim: &Aim<'_>, near: &Near<'_>, at: &FieldPath, view: View<'_>) -> Finding {
    let (help, mend) = agree(aim, near, view);
    let reference = near.workload.meta.reference.clone();
    let labels = near.template.at.join("metadata.labels");
    let message = near.in_words(aim, "matches no pod");
    Finding::new(Severity::Warning, at.clone(), message)
        .help(help)
        .related(reference, labels, "nearest workload")
        .mend(mend)
}

fn nothing_yet(aim: &Aim<'_>, at: &FieldPath) -> Finding {
    let message = format!("matches no pod: {}", aim.missing());
    Finding::new(Severity::Notice, at.clone(), message).help("create the pods, or correct the peer")
}
