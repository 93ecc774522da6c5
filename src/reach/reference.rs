//! Sets of addresses that other objects hold.

use ipnet::IpNet;

use super::peer::{Scene, any_block, block};
use super::{Because, Certainty, Facts};
use crate::cluster::{Answer, Known, View};
use crate::labels::Selector;
use crate::object::{Kind, NetworkSet, Of};
use crate::policy::{Namespaces, Sets};

/// Whether a set of addresses that is meant holds the other end. Of manifests those that are not
/// among them are taken not to exist, unless they are called by their name.
pub(super) fn sets(which: &Sets, except: &[IpNet], scene: &Scene<'_>) -> Certainty {
    let unknown = Certainty::Maybe(Because::Address);
    let Some(view) = scene.view else {
        return unknown;
    };
    let (kind, labels) = match which {
        Sets::In { labels, .. } => (Kind::NetworkSet, labels),
        Sets::Global(labels) => (Kind::GlobalNetworkSet, labels),
        Sets::Groups(labels) => (Kind::CiliumCidrGroup, labels),
        Sets::Group(name) => return group(name, except, scene, view),
    };
    let namespaces = match which {
        Sets::In { namespaces, .. } => Some(namespaces),
        Sets::Global(_) | Sets::Groups(_) | Sets::Group(_) => None,
    };
    let all = view.network_sets().into_iter();
    let found = all.filter(|set| set.meta.kind == kind).map(|set| {
        is_meant(&set, namespaces, labels, scene, view).and(|| holds(set.body, except, scene))
    });
    let found = Certainty::any(found);
    if found == Certainty::No && view.known(kind, scene.namespace) == Known::Unknown {
        return unknown;
    }
    found
}

/// Whether one group holds the other end.
fn group(name: &str, except: &[IpNet], scene: &Scene<'_>, view: View<'_>) -> Certainty {
    match view.get::<NetworkSet>(Kind::CiliumCidrGroup, "", name) {
        Answer::Found(set) => holds(set.body, except, scene),
        Answer::Absent => Certainty::No,
        // Whatever it holds, it holds no more than a block of everything.
        Answer::Unknown => any_block(scene).and(|| {
            let why = format!("CiliumCIDRGroup {name} is not in view");
            Certainty::Maybe(Because::Rule(why.into()))
        }),
    }
}

fn is_meant(
    set: &Of<'_, NetworkSet>,
    namespaces: Option<&Namespaces>,
    labels: &Selector,
    scene: &Scene<'_>,
    view: View<'_>,
) -> Certainty {
    let there = match namespaces {
        None => Certainty::Yes,
        Some(Namespaces::Own) => Certainty::from(set.meta.namespace() == scene.namespace),
        Some(Namespaces::Matching(selector)) => {
            let of_namespace = view.namespace_labels(set.meta.namespace());
            Facts::of(&of_namespace).meet(selector, &Because::Namespace)
        }
    };
    there.and(|| Certainty::from(labels.matches(&set.meta.labels)))
}

fn holds(set: &NetworkSet, except: &[IpNet], scene: &Scene<'_>) -> Certainty {
    let blocks = set.nets.iter();
    let domains = if set.has_domains {
        Certainty::Maybe(Because::Address)
    } else {
        Certainty::No
    };
    let blocks = blocks.map(|net| block(net, except, scene));
    Certainty::any(blocks.chain([domains]))
}
