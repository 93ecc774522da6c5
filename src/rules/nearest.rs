//! The Workload that a selector was probably meant for, and why one thinks so.

use super::aim::Aim;
use super::injection;
use crate::cluster::View;
use crate::labels::{Difference, Nearness, Selector, nearness};
use crate::object::{Binding, Kind, Of, Role, Template, Workload};

/// How long a line may be, the object's name before it included.
const LINE: usize = 120;

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

/// A Workload that a selector comes near, before it is known whether it was meant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate<'c, 'a> {
    /// The Workload.
    pub(super) workload: Of<'a, Workload>,
    /// The pod template that comes near.
    pub(super) template: &'a Template,
    /// Why.
    pub(super) why: &'c Why,
}

/// Looks among the Workloads of a namespace for the one that a selector was meant for; one that
/// comes near may still be meant for something else.
pub(super) fn nearest<'a>(
    aim: &Aim<'_>,
    view: View<'a>,
    is_meant: impl Fn(Candidate<'_, 'a>) -> bool,
) -> Search<'a> {
    let selector = &aim.selector;
    let mut found: Vec<Near<'a>> = Vec::new();
    let mut open = false;
    for workload in view.templates_of(aim.namespace) {
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
            let candidate = Candidate {
                workload,
                template,
                why: &why,
            };
            if is_meant(candidate) {
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
        let same_name = near.workload.meta.name() == aim.meta.name();
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

/// The Workload that a selector matches in the only other namespace where it matches one, and
/// where it is nobody else's.
pub(super) fn elsewhere<'a>(
    aim: &Aim<'_>,
    view: View<'a>,
    is_taken: impl Fn(Of<'a, Workload>) -> bool,
) -> Option<Of<'a, Workload>> {
    if !view.has_templates(aim.namespace) {
        return None;
    }
    let others = view.workloads_elsewhere(aim.namespace, &aim.selector);
    let first = *others.first()?;
    let there = first.meta.namespace();
    let alone = others.iter().all(|other| other.meta.namespace() == there);
    // An omitted namespace may turn out to be this one.
    let named = !aim.namespace.is_empty() && !there.is_empty();
    (named && alone && !is_taken(first)).then_some(first)
}

impl Near<'_> {
    /// What it says of an object that `misses`, such as `selects no pod`: with both values of the
    /// label where the line has room for them.
    pub(super) fn in_words(&self, aim: &Aim<'_>, misses: &str) -> String {
        let reference = &self.workload.meta.reference;
        let by = match &self.why {
            Why::OwnLabels => {
                return format!(
                    "{misses}: {reference} has these labels, its pod template does not"
                );
            }
            Why::OneLabel(_, by) => by,
        };
        let short = format!("{misses}: {reference} differs in {}", by.key);
        let long = match (&by.found, &by.renamed) {
            (Some(found), _) => format!("{short} ({found}, not {})", by.wanted),
            (None, Some(key)) => {
                let (label, value) = (&by.key, &by.wanted);
                format!("{misses}: {reference} has {key}: {value}, not {label}: {value}")
            }
            (None, None) => return short,
        };
        let name = aim.meta.to_string();
        if name.chars().count() + 2 + long.chars().count() <= LINE {
            long
        } else {
            short
        }
    }
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
pub(super) fn labels_itself(
    workload: Of<'_, Workload>,
    template: &Template,
    view: View<'_>,
) -> bool {
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
