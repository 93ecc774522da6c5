//! What the policies of administrators share: tiers above and below `NetworkPolicy`, priorities,
//! and rules of which the first that matches decides.

mod peers;
mod ports;
mod spec;

use std::sync::Arc;

pub use spec::Spec;
use spec::{PeerEntry, RuleEntry};

use super::selector::Problems;
use crate::finding::FieldPath;
use crate::policy::{
    Action, Datapath, Direction, Isolates, Peers, Policy, Ports, Rule, Ties, rank,
};

/// Where the tier `Admin` stands.
pub(super) const ADMIN: u32 = 1_000;

/// Where the tier `Baseline` stands.
pub(super) const BASELINE: u32 = 10_000_000;

/// In what one of these dialects differs from the others.
pub(super) struct Dialect {
    /// The tier of every policy; `None` where each says its own.
    pub(super) tier: Option<u32>,
    /// Whether a policy has a priority.
    pub(super) has_priority: bool,
    /// The words for what a rule does.
    pub(super) actions: &'static [(&'static str, Action)],
    /// Whether rules have `protocols`, and not `ports`.
    pub(super) has_protocols: bool,
    /// The datapaths that enforce it.
    pub(super) datapaths: &'static [Datapath],
}

impl Dialect {
    /// What a `spec` means, and what the API server would refuse in it: where, and why.
    pub(super) fn translate(&self, spec: &Spec<'_>) -> (Policy, Vec<(FieldPath, String)>) {
        let mut problems = Vec::new();
        let at = FieldPath::of("spec");
        let tier = self.tier(spec, &at, &mut problems);
        let priority = self.priority(spec, &at, &mut problems);
        let subject_at = at.join("subject");
        let (subject, unknown) = peers::subject(spec.subject.as_ref(), &subject_at, &mut problems);
        let mut rules = |entries: &Option<Vec<RuleEntry<'_>>>, direction, field| {
            self.rules(
                entries.as_deref().unwrap_or_default(),
                (direction, priority),
                &at.join(field),
                &mut problems,
            )
        };
        let ingress = rules(&spec.ingress, Direction::Ingress, "ingress");
        let egress = rules(&spec.egress, Direction::Egress, "egress");
        // In no tier at all it has no say.
        let placed = |rules: Vec<Rule>| tier.map_or_else(Vec::new, |_| rules);
        let policy = Policy {
            tier: tier.unwrap_or(ADMIN).into(),
            subject,
            unsure: unknown.map(|field| why(&field)),
            at: at.clone(),
            subject_at,
            datapaths: self.datapaths,
            ties: Ties::Unsettled,
            ingress: placed(ingress),
            egress: placed(egress),
            isolates: Isolates::default(),
            ignored: Vec::new(),
            isolates_unsaid: false,
        };
        (policy, problems)
    }

    fn tier(&self, spec: &Spec<'_>, at: &FieldPath, problems: &mut Problems) -> Option<u32> {
        if self.tier.is_some() {
            return self.tier;
        }
        match spec.tier.as_deref() {
            Some("Admin") => Some(ADMIN),
            Some("Baseline") => Some(BASELINE),
            word => {
                let word = word.unwrap_or("");
                let wrong = format!("tier {word:?} is neither Admin nor Baseline");
                problems.push((at.join("tier"), wrong));
                None
            }
        }
    }

    fn priority(&self, spec: &Spec<'_>, at: &FieldPath, problems: &mut Problems) -> i64 {
        if !self.has_priority {
            return 0;
        }
        let wrong = match spec.priority {
            Some(priority @ 0..=1000) => return priority,
            Some(priority) => format!("priority {priority} is not between 0 and 1000"),
            None => "priority is missing".to_owned(),
        };
        problems.push((at.join("priority"), wrong));
        spec.priority.unwrap_or(0)
    }

    fn rules(
        &self,
        entries: &[RuleEntry<'_>],
        (direction, priority): (Direction, i64),
        at: &FieldPath,
        problems: &mut Problems,
    ) -> Vec<Rule> {
        let mut rules = Vec::new();
        // As orders of other policies of the tier are placed, which may be fractions.
        let place = rank(f64::from(i32::try_from(priority).unwrap_or(i32::MAX)));
        for (index, entry) in entries.iter().enumerate() {
            let position = u32::try_from(index).unwrap_or(u32::MAX);
            let mut rule = self.rule(entry, direction, at.index(index), problems);
            if let Some(rule) = &mut rule {
                rule.order = (place, position);
            }
            rules.extend(rule);
        }
        rules
    }

    fn rule(
        &self,
        entry: &RuleEntry<'_>,
        direction: Direction,
        at: FieldPath,
        problems: &mut Problems,
    ) -> Option<Rule> {
        let action = self.action(entry, &at, problems);
        let (field, list, stray) = match direction {
            Direction::Ingress => ("from", &entry.from, entry.to.as_ref().map(|_| "to")),
            Direction::Egress => ("to", &entry.to, entry.from.as_ref().map(|_| "from")),
        };
        let list = list.as_deref().unwrap_or_default();
        let unknown = self.unknown(entry, list).or(stray).map(str::to_owned);
        let (ports, ports_sound) = self.ports(entry, &at, problems);
        let (peers, peers_sound) = peers_of(list, direction, &at.join(field), problems);
        let sound = ports_sound && peers_sound;
        if action.is_some_and(|it| it != Action::Allow) {
            peers::no_domains(list, &at.join(field), problems);
        }
        if Dialect::names_ports(entry) {
            peers::no_names(list, &at.join(field), problems);
        }
        let (action, peers, ports) = match (action?, &unknown, sound) {
            // What is not known may widen or narrow it, so the rule as a whole is undecided.
            (action, Some(_), _) => (action, Peers::Any, Ports::Any),
            (action, None, true) => (action, peers, ports),
            // Closed where it fails: it admits nothing, or denies everything.
            (Action::Allow, None, false) => (Action::Allow, Peers::OneOf(Vec::new()), ports),
            (Action::Deny | Action::Pass, None, false) => (Action::Deny, Peers::Any, Ports::Any),
        };
        Some(Rule {
            order: (0, 0),
            action,
            peers,
            ports,
            at,
            undecidable: unknown.map(|field| why(&field)),
        })
    }

    /// Whether a rule asks for ports by name.
    fn names_ports(entry: &RuleEntry<'_>) -> bool {
        let mut ports = entry.ports.iter().flatten();
        let mut protocols = entry.protocols.iter().flatten();
        ports.any(|it| it.named_port.is_some()) || protocols.any(|it| it.named.is_some())
    }

    fn action(
        &self,
        entry: &RuleEntry<'_>,
        at: &FieldPath,
        problems: &mut Problems,
    ) -> Option<Action> {
        let word = entry.action.as_deref().unwrap_or("");
        let found = self.actions.iter().find(|(known, _)| *known == word);
        if found.is_none() {
            let known: Vec<&str> = self.actions.iter().map(|(known, _)| *known).collect();
            let wrong = format!("action {word:?} is none of {}", known.join(", "));
            problems.push((at.join("action"), wrong));
        }
        found.map(|(_, action)| *action)
    }

    /// The ports of a rule, and whether each entry says one thing.
    fn ports(
        &self,
        entry: &RuleEntry<'_>,
        at: &FieldPath,
        problems: &mut Problems,
    ) -> (Ports, bool) {
        let before = problems.len();
        let found = if self.has_protocols {
            let entries = entry.protocols.as_deref();
            entries.map(|it| ports::protocols(it, &at.join("protocols"), problems))
        } else {
            let entries = entry.ports.as_deref();
            entries.map(|it| ports::ports(it, &at.join("ports"), problems))
        };
        let sound = problems.len() == before;
        let listed = found.filter(|found| !(found.is_empty() && sound));
        (listed.map_or(Ports::Any, Ports::OneOf), sound)
    }

    /// The first field in a rule that is not known in this dialect.
    fn unknown<'s>(&self, entry: &'s RuleEntry<'_>, list: &'s [PeerEntry<'_>]) -> Option<&'s str> {
        let ports = entry.ports.as_deref().unwrap_or_default();
        let protocols = entry.protocols.as_deref().unwrap_or_default();
        let other = match (self.has_protocols, &entry.ports, &entry.protocols) {
            (true, Some(_), _) => Some("ports"),
            (false, _, Some(_)) => Some("protocols"),
            _ => None,
        };
        entry
            .unknown
            .as_deref()
            .or(other)
            .or_else(|| ports.iter().find_map(ports::unknown_port))
            .or_else(|| protocols.iter().find_map(ports::unknown_protocol))
            .or_else(|| list.iter().find_map(peers::unknown))
    }
}

/// The peers of a list, and whether each entry says one thing.
fn peers_of(
    list: &[PeerEntry<'_>],
    direction: Direction,
    at: &FieldPath,
    problems: &mut Problems,
) -> (Peers, bool) {
    if list.is_empty() {
        problems.push((at.clone(), "a rule needs peers".to_owned()));
        return (Peers::OneOf(Vec::new()), true);
    }
    let mut all = Vec::new();
    let mut sound = true;
    for (index, entry) in list.iter().enumerate() {
        if peers::unknown(entry).is_some() {
            continue;
        }
        match peers::peers(entry, direction, &at.index(index), problems) {
            Some(found) => all.extend(found),
            None => sound = false,
        }
    }
    (Peers::OneOf(all), sound)
}

/// Why a rule with a field that is not known here cannot be decided.
fn why(field: &str) -> Arc<str> {
    format!("unknown field {field:?}").into()
}
