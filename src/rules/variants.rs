//! Whether two Workloads are the same program twice: stable and canary, blue and green, v1 and v2.

use crate::labels::Labels;
use crate::object::{Of, Workload};

/// Words that tell variants of one program apart.
const VARIANTS: [&str; 14] = [
    "stable",
    "canary",
    "primary",
    "preview",
    "baseline",
    "experiment",
    "blue",
    "green",
    "active",
    "standby",
    "old",
    "new",
    "a",
    "b",
];

/// Keys whose values tell variants of one program apart.
const VARIANT_KEYS: [&str; 9] = [
    "version",
    "track",
    "colour",
    "color",
    "slot",
    "revision",
    "shard",
    "zone",
    "release-track",
];

/// Whether two Workloads are variants of one another, by their names or by their pods' labels.
/// Labels that are the same to the last one tell nothing: they may as well be copied.
pub(super) fn are_variants(a: Of<'_, Workload>, b: Of<'_, Workload>) -> bool {
    let (of_a, of_b) = (&a.template.labels, &b.template.labels);
    let (one, other) = (a.meta.name(), b.meta.name());
    // A base and what kustomize rendered of it have the same labels and nearly the same name.
    let renamed = of_a == of_b && (is_ending(one, other) || is_ending(other, one));
    renamed || stem(one) == stem(other) || (of_a != of_b && telling(of_a) == telling(of_b))
}

/// Whether a name is another one with words before it.
fn is_ending(ending: &str, name: &str) -> bool {
    let before = name.strip_suffix(ending);
    before.is_some_and(|words| words.ends_with('-'))
}

/// A name without the words that tell variants apart.
fn stem(name: &str) -> Vec<&str> {
    let is_variant = |word: &&str| {
        let version = word.strip_prefix('v').unwrap_or(word);
        VARIANTS.contains(word)
            || (!version.is_empty() && version.bytes().all(|c| c.is_ascii_digit()))
    };
    name.split(['-', '.'])
        .filter(|word| !is_variant(word))
        .collect()
}

/// Labels without those that tell variants apart.
fn telling(labels: &Labels) -> Labels {
    labels.without(|key| {
        let word = key.rsplit('/').next().unwrap_or(key);
        VARIANT_KEYS.contains(&word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_told_from_another_name() {
        assert!(is_ending("controller-manager", "shop-controller-manager"));
        assert!(!is_ending("operator", "myoperator"));
        assert!(!is_ending("operator", "operator"));
    }

    #[test]
    fn the_stem_of_a_name_leaves_out_versions_and_tracks() {
        assert_eq!(stem("web-canary"), stem("web"));
        assert_eq!(stem("web-v2"), stem("web-v1"));
        assert_eq!(stem("shard-0"), stem("shard-1"));
        assert_ne!(stem("web-api"), stem("web-worker"));
    }
}
