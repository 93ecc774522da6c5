//! The Workload that a selector was probably meant for, and why one thinks so.

use super::injection;
use crate::cluster::View;
use crate::labels::{Difference, Nearness, Selector, nearness};
use crate::object::{Binding, Kind, Of, Role, Service, Template, Workload};

/// A Workload that a selector comes near.
#[derive(Debug)]
pub(super) struct Near<'a> {
    /// The Workload.
    pub(super) workload: Of<'a, Workload>,
    /// The pod template that comes near.
    pub(super) template: &'a Template,
    /// Why one thinks so.
    pub(super) why: Why,
    /// Whether no other Workload comes as near.
    pub(super) unique: bool,
}

/// Why a selector was probably meant for a Workload; ordered, the strongest evidence first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Its own labels match, those of its pods do not.
    OwnLabels,
    /// One label of its pods is off.
    OneLabel(Nearness, Difference),
}

/// What the Workloads of a namespace say about a selector that matches none of them.
#[derive(Debug)]
pub(super) enum Search<'a> {
    /// One of them was probably meant.
    Near(Near<'a>),
    /// None of them was.
    Nothing,
    /// One of them may get labels at run time, so that it may match after all.
    Undecided,
}

/// Looks among the Workloads of the Service's namespace for the one that `selector` was meant
/// for. One that another Service selects was meant for that one, unless it is told apart.
pub(super) fn nearest<'a>(
    service: Of<'_, Service>,
    selector: &Selector,
    view: View<'a>,
) -> Search<'a> {
    let namespace = service.meta.namespace();
    let mut found: Vec<Near<'a>> = Vec::new();
    let mut open = false;
    for workload in view.templates_of(namespace) {
        for template in workload.body.templates() {
            let gains = gains(workload, template, selector, view);
            let why = why(workload, template, selector);
            if (matches!(gains, Gains::Nothing) && why.is_none()) || !view.speaks(workload) {
                continue;
            }
            match gains {
                Gains::TheRest => return Search::Undecided,
                Gains::Everything => open = true,
                Gains::Nothing => {}
            }
            let Some(why) = why else { continue };
            let others = view.services_of(namespace, &template.labels);
            let alone = others.iter().all(|other| other.meta == service.meta);
            if alone || is_told_apart(&why, service, workload, selector, view) {
                found.push(Near {
                    workload,
                    template,
                    why,
                    unique: true,
                });
            }
        }
    }
    let rank = |near: &Near<'_>| {
        let same_name = near.workload.meta.name() == service.meta.name();
        (!same_name, near.why.rank())
    };
    // Of equally near ones the first by kind and name is taken.
    let place = |near: &Near<'a>| (near.workload.meta.kind, &near.workload.meta.reference);
    found.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| place(a).cmp(&place(b))));
    let mut found = found.into_iter();
    let Some(mut best) = found.next() else {
        return if open {
            Search::Undecided
        } else {
            Search::Nothing
        };
    };
    best.unique = found.next().is_none_or(|next| rank(&next) != rank(&best));
    Search::Near(best)
}

/// Whether a Workload is meant although other Services select it, as with an operator's Services
/// for metrics and webhooks: one value is off by a slip or a word, and nothing else can be meant.
fn is_told_apart(
    why: &Why,
    service: Of<'_, Service>,
    workload: Of<'_, Workload>,
    selector: &Selector,
    view: View<'_>,
) -> bool {
    let Why::OneLabel(Nearness::Typo | Nearness::Affix, difference) = why else {
        return false;
    };
    let telling = difference.agrees || lost_its_prefix(service, selector, difference);
    let only = || {
        let rest = selector.without(|key| key == &*difference.key);
        let found = view.workloads(workload.meta.namespace(), &rest).found;
        matches!(found.as_slice(), [one] if one.meta == workload.meta)
    };
    telling && only()
}

/// Whether the one label that a selector asks for is the Workload's without its first words, as
/// where a scaffold's `controller-manager` was renamed on one side. Where it is the Service's own
/// name, pods of that name may still come.
fn lost_its_prefix(service: Of<'_, Service>, selector: &Selector, by: &Difference) -> bool {
    let found = by.found.as_deref().unwrap_or_default();
    let before = found.strip_suffix(&*by.wanted);
    selector.requirements.len() == 1
        && service.meta.name() != &*by.wanted
        && before.is_some_and(|words| words.ends_with('-'))
}

impl Why {
    fn rank(&self) -> (bool, Option<Nearness>) {
        match self {
            Self::OwnLabels => (false, None),
            Self::OneLabel(nearness, _) => (true, Some(*nearness)),
        }
    }
}

fn why(workload: Of<'_, Workload>, template: &Template, selector: &Selector) -> Option<Why> {
    // The controller of a custom kind may well copy its own labels to its pods.
    let labels_apart = !matches!(workload.meta.kind, Kind::Pod | Kind::Custom);
    // A template without labels is half of one, such as a test's expectation.
    let whole = !template.labels.is_empty();
    if labels_apart && whole && selector.matches(&workload.meta.labels) {
        return Some(Why::OwnLabels);
    }
    nearness(selector, &template.labels).map(|(why, difference)| Why::OneLabel(why, difference))
}

/// Which of the labels that a selector asks for a template's pods may get at run time.
enum Gains {
    /// All that they lack, the others being there.
    TheRest,
    /// All of them, none being there.
    Everything,
    /// None, or not all that they lack.
    Nothing,
}

/// Whether the labels that a template lacks may come at run time: from an injector, or from the
/// pods themselves where their account may change pods.
fn gains(
    workload: Of<'_, Workload>,
    template: &Template,
    selector: &Selector,
    view: View<'_>,
) -> Gains {
    let requirements = || selector.requirements.iter();
    let only_lacks = requirements().all(|requirement| {
        template.labels.get(&requirement.key).is_none() || requirement.holds(&template.labels)
    });
    if !only_lacks {
        return Gains::Nothing;
    }
    let none_holds = !requirements().any(|requirement| requirement.holds(&template.labels));
    let labels_itself = || labels_itself(workload, template, view);
    match none_holds {
        // An injector's labels never are all that a Service asks for.
        true if labels_itself() => Gains::Everything,
        false if injection::is_expected(workload.meta, template, view) || labels_itself() => {
            Gains::TheRest
        }
        _ => Gains::Nothing,
    }
}

/// Whether the account of a template's pods may change pods, as Vault and Patroni do to label
/// the leader.
fn labels_itself(workload: Of<'_, Workload>, template: &Template, view: View<'_>) -> bool {
    let namespace = workload.meta.namespace();
    let bindings =
        view.asking_for::<Binding>(Kind::ServiceAccount, namespace, template.spec.account());
    bindings.into_iter().any(|binding| {
        let role = &binding.role;
        let (kind, scope) = if role.cluster {
            (Kind::ClusterRole, "")
        } else {
            (Kind::Role, binding.meta.namespace())
        };
        let reaches =
            binding.meta.kind == Kind::ClusterRoleBinding || binding.meta.namespace() == namespace;
        reaches
            && view
                .get::<Role>(kind, scope, &role.name)
                .found()
                .is_some_and(|role| role.changes_pods)
    })
}
