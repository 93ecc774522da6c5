//! What is said of a destination that policies cut off: under which datapaths, which policy
//! decided, and the patch that admits it.

use serde_json::Value;

use super::amend::Amended;
use super::nearest::labels_itself;
use super::writing::Writing;
use crate::cluster::{View, differs_by_pod};
use crate::finding::{Datapath, FieldPath, Finding, Mend, Severity};
use crate::labels::Labels;
use crate::object::{Of, TABLE, Template, Workload};
use crate::policy::{Action, Direction, Namespaces, Policy};
use crate::reach::{Behind, By, Egress, Reach, Reached};

/// A destination that is cut off under some datapaths in question, or all of them.
#[derive(Debug)]
pub(super) struct Blocked<'a> {
    /// What decided it.
    pub(super) by: By<'a>,
    /// Under which datapaths; empty for all.
    datapaths: Vec<Datapath>,
    /// How many endpoints of how many are reached nevertheless.
    pub(super) partly: Option<(usize, usize)>,
}

impl<'a> Blocked<'a> {
    /// What is cut off, if anything: in full under some datapath, or else in part.
    pub(super) fn of(reaches: &[Reach<'a>]) -> Option<Self> {
        let count = |reached: Reached| match reached {
            Reached::Partly { reached, of } => Some((reached, of)),
            Reached::Yes | Reached::No | Reached::Unclear => None,
        };
        let fully = |reach: &&Reach<'a>| reach.reached == Reached::No;
        let partly = |reach: &&Reach<'a>| count(reach.reached).is_some();
        let cut = |reach: &&Reach<'a>| fully(reach) || partly(reach);
        let mut found: Vec<&Reach<'a>> = reaches.iter().filter(fully).collect();
        let everywhere = reaches.iter().all(|reach| cut(&reach));
        if found.is_empty() || everywhere {
            found = reaches.iter().filter(partly).chain(found).collect();
        }
        let datapaths = found.iter().map(|reach| reach.datapath);
        Some(Self {
            by: found.iter().find_map(|reach| reach.by)?,
            datapaths: if everywhere {
                Vec::new()
            } else {
                datapaths.collect()
            },
            partly: found.first().and_then(|reach| count(reach.reached)),
        })
    }

    /// A finding about pods that stand at `at`: what they cannot do, and what to do about it. It
    /// stays the same whichever policy decides: a second one cuts nobody off anew.
    pub(super) fn finding(
        &self,
        severity: Severity,
        at: &FieldPath,
        what: &str,
        destination: &str,
    ) -> Finding {
        let cut = format!("egress to {destination}");
        let at = &at.join("metadata.labels");
        self.finding_at(severity, at, what, (Direction::Egress, &cut))
    }

    /// A finding at `field`: what is wrong, and which policy does not admit `cut`.
    pub(super) fn finding_at(
        &self,
        severity: Severity,
        field: &FieldPath,
        what: &str,
        (direction, cut): (Direction, &str),
    ) -> Finding {
        let severity = if self.datapaths.is_empty() {
            severity
        } else {
            severity.milder()
        };
        let Of { meta, body } = self.by.policy;
        let denies = self.by.rule.is_some_and(|rule| rule.action == Action::Deny);
        let verb = if denies { "denies" } else { "admits no" };
        let with = with(&self.datapaths);
        let message = format!("{what}{with}: {meta} {verb} {cut}");
        let section = match direction {
            Direction::Ingress => "ingress",
            Direction::Egress => "egress",
        };
        let decides = match self.by.rule {
            Some(rule) => rule.at.clone(),
            None if body.rules(direction).is_empty() => body.subject_at.clone(),
            None => body.at.join(section),
        };
        Finding::new(severity, field.clone(), message)
            .related(meta.reference.clone(), decides, "this policy decides")
            .datapaths(self.datapaths.clone())
    }

    /// The patch that adds egress rules to the policy that decided, as its dialect writes them,
    /// where with them the destination is `reached` under every datapath in question.
    pub(super) fn mend(
        &self,
        rules: impl Fn(Writing) -> Vec<Value>,
        egress: &Egress<'_>,
        reached: impl Fn(&Egress<'_>) -> bool,
    ) -> Option<Mend> {
        let Of { meta, body } = self.by.policy;
        let rules = rules(Writing::of(meta.kind)?);
        if rules.is_empty() {
            return None;
        }
        let amended = Amended::of(self.by.policy, Direction::Egress, self.by.rule, &rules)?;
        let policies = egress.policies.iter().map(|policy| Of {
            meta: policy.meta,
            body: if std::ptr::eq(policy.body, body) {
                &amended.policy
            } else {
                policy.body
            },
        });
        let egress = egress.under(policies.collect());
        reached(&egress).then(|| amended.mend(meta.reference.clone(), rules))
    }
}

/// ` with Cilium`, or nothing where it holds under every datapath in question.
fn with(datapaths: &[Datapath]) -> String {
    let covered = |datapath: &Datapath| {
        *datapath == Datapath::CiliumNodes && datapaths.contains(&Datapath::Cilium)
    };
    let titles: Vec<&str> = datapaths
        .iter()
        .filter(|datapath| !covered(datapath))
        .map(|datapath| datapath.title())
        .collect();
    match titles.as_slice() {
        [] => String::new(),
        [one] => format!(" with {one}"),
        [first @ .., last] => format!(" with {} and {last}", first.join(", ")),
    }
}

/// Whether a policy tells the pods of one template apart, by a label that no template shows: then
/// nothing is said of them all.
pub(super) fn differs_by_label(
    namespace: &str,
    labels: &Labels,
    direction: Direction,
    view: View<'_>,
) -> bool {
    with_a_say(namespace, direction, view).any(|policy| {
        let pods = &policy.subject.pods;
        pods.requirements.iter().any(|it| differs_by_pod(&it.key))
            && pods.without(differs_by_pod).matches(labels)
    })
}

/// Whether not every policy over the pods of a template is known, as one asks for a label that
/// only their controller gives, or that they may give to themselves.
pub(super) fn may_gain_policies(
    workload: Of<'_, Workload>,
    template: &Template,
    direction: Direction,
    view: View<'_>,
) -> bool {
    let namespace = workload.meta.namespace();
    let labels = &template.labels;
    differs_by_label(namespace, labels, direction, view)
        || (labels_itself(workload, template, view)
            && with_a_say(namespace, direction, view)
                .any(|policy| policy.subject.pods.decide(labels, false).is_none()))
}

/// The same of pods behind a Service, and of what comes in to them.
pub(super) fn gains_policies(behind: &[Behind<'_>], view: View<'_>) -> bool {
    behind
        .iter()
        .any(|it| may_gain_policies(it.workload, it.template, Direction::Ingress, view))
}

/// The policies that may say something about pods of a namespace in one direction.
fn with_a_say<'a>(
    namespace: &'a str,
    direction: Direction,
    view: View<'a>,
) -> impl Iterator<Item = Of<'a, Policy>> {
    let kinds = TABLE.iter().filter(|row| Writing::of(row.kind).is_some());
    let policies = kinds.flat_map(move |row| {
        let place = if row.namespaced { namespace } else { "" };
        view.policies(row.kind, place)
    });
    policies.filter(move |policy| {
        let there = match &policy.subject.namespaces {
            Namespaces::Own => true,
            Namespaces::Matching(selector) => view.may_be_in(selector, namespace),
        };
        there && (policy.restricts(direction) || !policy.rules(direction).is_empty())
    })
}
