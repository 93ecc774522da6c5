//! What the policies over a Workload's pods let out of them.

use super::{Because, By, Decision, Facts, Flow, Outcome, Party, Pod, evaluate_in};
use crate::cluster::{Known, View};
use crate::labels::Labels;
use crate::object::{Of, Template};
use crate::policy::{Action, Datapath, Direction, Peers, Policy, Ports, Protocol, Rule};

/// The policies over a Workload's pods, some of which may stop what the pods send.
#[derive(Clone, Debug)]
pub struct Egress<'a> {
    /// Every policy that selects the pods, by kind, namespace and name.
    pub policies: Vec<Of<'a, Policy>>,
    /// The namespace of the pods.
    pub namespace: &'a str,
    /// The labels of that namespace, as far as they are known.
    namespace_labels: Result<Labels, Labels>,
    /// The labels of the pods.
    labels: Labels,
    /// Where what the policies refer to is looked up.
    view: View<'a>,
}

/// Whether a destination is reached under one datapath.
#[derive(Clone, Debug)]
pub struct Reach<'a> {
    /// The datapath.
    pub datapath: Datapath,
    /// Whether it is.
    pub reached: Reached,
    /// What decided it; `None` where no policy has a say.
    pub by: Option<By<'a>>,
    /// Why that is not clear, where it is not.
    pub because: Option<Because>,
}

/// Whether a destination is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// It is.
    Yes,
    /// Some of its endpoints are.
    Partly {
        /// How many are.
        reached: usize,
        /// How many there are.
        of: usize,
    },
    /// It is not.
    No,
    /// That depends on something that is not known.
    Unclear,
}

impl<'a> Egress<'a> {
    /// The policies over the pods of a template; `None` where they let everything out (nothing
    /// restricts egress, or the pods use their node's network), and where there may be others that
    /// nobody can see.
    pub fn of(namespace: &'a str, template: &Template, view: View<'a>) -> Option<Self> {
        if template.spec.host_network || view.policies_known(namespace) == Known::Unknown {
            return None;
        }
        let labels = view.with_account(namespace, &template.labels, template.spec.account());
        let mut policies = view.policies_of(namespace, &labels);
        let datapaths = view.datapaths();
        policies.retain(|policy| datapaths.iter().any(|it| policy.datapaths.contains(it)));
        let restricted = policies
            .iter()
            .any(|policy| policy.restricts(Direction::Egress));
        let it = Self::over(namespace, labels, policies, view);
        (restricted && !it.is_open()).then_some(it)
    }

    /// Policies over pods of a namespace with these labels, which have a network of their own.
    pub fn over(
        namespace: &'a str,
        labels: Labels,
        policies: Vec<Of<'a, Policy>>,
        view: View<'a>,
    ) -> Self {
        Self {
            policies,
            namespace,
            namespace_labels: view.namespace_labels(namespace),
            labels,
            view,
        }
    }

    /// The rules over what the pods send.
    pub fn rules(&self) -> impl Iterator<Item = &'a Rule> {
        self.policies.iter().flat_map(|policy| &policy.body.egress)
    }

    /// Whether a rule lets out everything and none stops anything: the usual exception.
    fn is_open(&self) -> bool {
        let open = |rule: &Rule| {
            rule.action == Action::Allow
                && rule.peers == Peers::Any
                && rule.ports == Ports::Any
                && rule.undecidable.is_none()
        };
        let one_tier = self
            .policies
            .windows(2)
            .all(|pair| matches!(pair, [one, next] if one.tier == next.tier));
        let enforced = |policy: &&Of<'a, Policy>| policy.datapaths == Datapath::ENFORCING;
        let everywhere = self.policies.iter().filter(enforced);
        one_tier
            && everywhere.flat_map(|policy| &policy.body.egress).any(open)
            && self.rules().all(|rule| rule.action == Action::Allow)
    }

    /// The same pods under other policies.
    #[must_use]
    pub fn under<'b>(&self, policies: Vec<Of<'b, Policy>>) -> Egress<'b>
    where
        'a: 'b,
    {
        Egress {
            policies,
            namespace: self.namespace,
            namespace_labels: self.namespace_labels.clone(),
            labels: self.labels.clone(),
            view: self.view,
        }
    }

    /// Whether one destination is reached on one port.
    pub(super) fn decide(
        &self,
        destination: Party<'_>,
        protocol: Protocol,
        port: u16,
        datapath: Datapath,
    ) -> Decision<'a> {
        let source = Pod {
            namespace: self.namespace,
            namespace_labels: Facts::of(&self.namespace_labels),
            name: None,
            labels: Facts::all(&self.labels),
            addresses: &[],
            host_network: false,
            ports: None,
            node: None,
        };
        let flow = Flow {
            source: Party::Pod(source),
            destination,
            protocol,
            port,
            family: None,
        };
        evaluate_in(&flow, &self.policies, &[], datapath, Some(self.view)).egress
    }
}

impl<'a> Reach<'a> {
    pub(super) fn new(datapath: Datapath, decision: &Decision<'a>) -> Self {
        Self {
            datapath,
            reached: match decision.outcome {
                Outcome::Allowed => Reached::Yes,
                Outcome::Denied => Reached::No,
                Outcome::Depends(_) => Reached::Unclear,
            },
            by: decision.by,
            because: match &decision.outcome {
                Outcome::Depends(because) => Some(because.clone()),
                Outcome::Allowed | Outcome::Denied => None,
            },
        }
    }
}
