//! Calico's policies, tiers and sets of addresses: `projectcalico.org/v3`, and
//! `crd.projectcalico.org/v1`, which is what Calico stores of them.

mod entity;
mod ports;
mod rules;
mod selectors;
mod spec;

pub use spec::{SetSpec, Spec, TierSpec};

use ipnet::IpNet;

use super::sections::Sections;
use super::selector::Problems;
use crate::finding::FieldPath;
use crate::policy::{
    AtEnd, Datapath, Direction, Isolates, Namespaces, Plain, PodSet, Policy, Tier, Ties, rank,
};

/// What a policy is beside what its `spec` says.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// Whether it is of no namespace.
    pub global: bool,
    /// Whether it is what Calico stores, in which nothing that is left out is filled in.
    pub stored: bool,
}

/// The tiers that are always there, and their places. Only the first denies what no rule of it
/// matches.
const TIERS: [(&str, u32); 3] = [
    (DEFAULT_TIER, 1_000_000),
    ("kube-admin", 1_000),
    ("kube-baseline", 10_000_000),
];

/// The tier of whatever names none, in which the policies of Kubernetes are.
const DEFAULT_TIER: &str = "default";

/// Where the policies of Kubernetes stand in the default tier.
const KUBERNETES: f64 = 1_000.0;

/// Who enforces these policies.
const ENFORCING: &[Datapath] = &[Datapath::Endpoint];

/// What a `spec` means, and what Calico would refuse in it: where, and why. `None` where it
/// concerns hosts only.
pub fn translate(spec: &Spec<'_>, form: Form) -> (Option<Policy>, Vec<(FieldPath, String)>) {
    let mut problems = Vec::new();
    let at = FieldPath::of("spec");
    let isolates = isolates(spec, form, &at, &mut problems);
    let namespaces = match &spec.namespace_selector {
        Some(text) if form.global && !text.is_empty() => Namespaces::Matching(
            selectors::namespaces(text, &at.join("namespaceSelector"), &mut problems).pods,
        ),
        _ if form.global => Namespaces::Matching(crate::labels::Selector::default()),
        _ => Namespaces::Own,
    };
    let text = |word: &Option<_>| -> String {
        let word: &Option<crate::text::Word<'_>> = word;
        word.as_deref().unwrap_or_default().to_owned()
    };
    let pods = selectors::pods(&text(&spec.selector), &at.join("selector"), &mut problems);
    let accounts = selectors::accounts(
        &text(&spec.service_account_selector),
        &at.join("serviceAccountSelector"),
        &mut problems,
    );
    let (tier, place, isolating) = place(spec);
    let mut all = |entries: &Option<Vec<_>>, direction, field| {
        let entries = entries.as_deref().unwrap_or_default();
        rules::translate(
            entries,
            form,
            (place, direction),
            &at.join(field),
            &mut problems,
        )
    };
    let ingress = all(&spec.ingress, Direction::Ingress, "ingress");
    let egress = all(&spec.egress, Direction::Egress, "egress");
    let sections = Sections::named(isolates, (ingress, egress), &at);
    let policy = Policy {
        tier,
        subject: PodSet {
            asks_for_pods: false,
            namespaces,
            plain: Plain {
                pods: accounts.is_empty() && selectors::is_plain(&text(&spec.selector), &pods),
                namespaces: false,
            },
            pods: pods.and(accounts),
        }
        .sorted(),
        unsure: None,
        subject_at: at.join("selector"),
        at,
        datapaths: ENFORCING,
        ties: Ties::ByName,
        ingress: sections.ingress,
        egress: sections.egress,
        isolates: if isolating {
            isolates
        } else {
            Isolates::default()
        },
        ignored: sections.ignored,
        isolates_unsaid: false,
    };
    // Before connections are tracked and addresses are translated there are only hosts.
    let of_hosts = spec.do_not_track == Some(true) || spec.pre_dnat == Some(true);
    ((!of_hosts).then_some(policy), problems)
}

/// The tier of a policy, its place there, and whether the tier denies what no rule matches.
fn place(spec: &Spec<'_>) -> (Tier, i64, bool) {
    let name = match spec.tier.as_deref().unwrap_or_default() {
        "" => DEFAULT_TIER,
        name => name,
    };
    let always = TIERS.iter().find(|(known, _)| *known == name);
    let tier = always.map_or_else(|| Tier::Named(name.into()), |(_, place)| Tier::At(*place));
    // In the default tier 0 is the place of the policies of Kubernetes, and in the others that are
    // always there policies stand among those whose place is their priority.
    let zero = if matches!(always, Some((known, _)) if *known != DEFAULT_TIER) {
        0.0
    } else {
        KUBERNETES
    };
    let place = |order| rank(order).saturating_sub(rank(zero));
    let place = spec.order.map_or(i64::MAX, place);
    (
        tier,
        place,
        always.is_none_or(|(known, _)| *known == DEFAULT_TIER),
    )
}

/// The directions of `types`; where it says none, Calico fills them in by the rules, but the
/// stored form as it stands applies to both.
fn isolates(spec: &Spec<'_>, form: Form, at: &FieldPath, problems: &mut Problems) -> Isolates {
    let types = spec.types.as_deref().unwrap_or_default();
    for (index, word) in types.iter().enumerate() {
        if !matches!(&**word, "Ingress" | "Egress") {
            let wrong = format!("{:?} is neither Ingress nor Egress", &**word);
            problems.push((at.join("types").index(index), wrong));
        }
    }
    let some = |rules: &Option<Vec<_>>| rules.as_ref().is_some_and(|it| !it.is_empty());
    let (ingress, egress) = (some(&spec.ingress), some(&spec.egress));
    match types {
        [] if form.stored => Isolates {
            ingress: true,
            egress: true,
        },
        [] => Isolates {
            ingress: ingress || !egress,
            egress,
        },
        types => Isolates {
            ingress: types.iter().any(|word| &**word == "Ingress"),
            egress: types.iter().any(|word| &**word == "Egress"),
        },
    }
}

/// What becomes of what no rule of a tier matches, and what Calico would refuse there.
pub fn end(spec: &TierSpec<'_>) -> (AtEnd, Vec<(FieldPath, String)>) {
    match spec.default_action.as_deref().unwrap_or("Deny") {
        "Pass" => (AtEnd::Passed, Vec::new()),
        "Deny" => (AtEnd::Denied, Vec::new()),
        other => {
            let wrong = format!("{other:?} is neither Deny nor Pass");
            (
                AtEnd::Denied,
                vec![(FieldPath::of("spec.defaultAction"), wrong)],
            )
        }
    }
}

/// The addresses of a set, and what Calico would refuse there.
pub fn nets(spec: &SetSpec<'_>) -> (Vec<IpNet>, Vec<(FieldPath, String)>) {
    let mut problems = Vec::new();
    let words = spec.nets.as_deref().unwrap_or_default();
    let nets = entity::blocks(words, &FieldPath::of("spec.nets"), &mut problems);
    (nets, problems)
}
