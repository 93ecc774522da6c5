//! Nearness: whether a selector that misses was probably meant for these labels.

use super::{Labels, Selector, Test};

/// The one label in which a selector and a set of labels disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The label's key.
    pub key: Box<str>,
    /// The value that the selector wants.
    pub wanted: Box<str>,
    /// The value that is there; `None` where the label is missing.
    pub found: Option<Box<str>>,
    /// Where the label is missing, the key that has the wanted value instead.
    pub renamed: Option<Box<str>>,
    /// Whether something telling that the selector asks for agrees.
    pub agrees: bool,
}

/// Why a miss looks like a mistake; ordered, the strongest evidence first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// The two values are a slip of the keyboard apart.
    Typo,
    /// One value is the other with a word added: `processor` and `processor-service`.
    Affix,
    /// The value is there under another key: `app: x` and `name: x`.
    Renamed,
    /// Everything else that the selector asks for is there, this key is missing.
    Lacks,
    /// Everything else that the selector asks for is there, this value is another one.
    OneKey,
}

/// Keys whose values tell siblings apart, so that two values are no evidence of a slip.
const SIBLING_KEYS: [&str; 6] = [
    "instance",
    "component",
    "version",
    "track",
    "colour",
    "color",
];

/// Keys whose values often tell siblings apart: only values that are close are evidence.
const LOOSE_KEYS: [&str; 11] = [
    "tier",
    "role",
    "env",
    "environment",
    "stage",
    "release",
    "shard",
    "zone",
    "revision",
    "slot",
    "cluster",
];

/// Keys that many unrelated Workloads share, so that agreeing in one proves nothing.
const SHARED_KEYS: [&str; 8] = [
    "part-of",
    "managed-by",
    "created-by",
    "heritage",
    "chart",
    "team",
    "project",
    "product",
];

/// The part of a key that means something: `name` of `app.kubernetes.io/name`.
fn word(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

fn is_one_of(key: &str, keys: &[&str]) -> bool {
    keys.contains(&word(key).to_ascii_lowercase().as_str())
}

/// Whether a label of this key tells what a Workload is, and not which of several it is or whose.
pub fn is_telling(key: &str) -> bool {
    !is_one_of(key, &SHARED_KEYS) && !is_one_of(key, &SIBLING_KEYS) && !is_one_of(key, &LOOSE_KEYS)
}

/// The key of a label that has `value` although the selector asks for it under another key, and
/// about nothing else under this one.
fn renamed<'l>(selector: &Selector, labels: &'l Labels, value: &str) -> Option<&'l str> {
    let says_something = value.len() > 2
        && value.bytes().any(|c| c.is_ascii_alphabetic())
        && !matches!(value, "true" | "false" | "enabled" | "disabled");
    let mut same = labels.iter().filter(|(key, found)| {
        *found == value && is_telling(key) && selector.requirements.iter().all(|r| &*r.key != *key)
    });
    same.next().map(|(key, _)| key).filter(|_| says_something)
}

/// How near `labels` come to a `selector` that does not match them, if near enough to be evidence
/// of a mistake: exactly one requirement fails, and either its values are close, or something
/// telling agrees.
pub fn nearness(selector: &Selector, labels: &Labels) -> Option<(Nearness, Difference)> {
    let mut failing = selector
        .requirements
        .iter()
        .filter(|requirement| !requirement.holds(labels));
    let (failed, None) = (failing.next()?, failing.next()) else {
        return None;
    };
    let Test::In(values) = &failed.test else {
        return None;
    };
    let [wanted] = values.as_slice() else {
        return None;
    };
    let found = labels.get(&failed.key);
    let agrees = selector
        .requirements
        .iter()
        .any(|r| r.key != failed.key && is_telling(&r.key));
    let mut elsewhere = None;
    let nearness = match found {
        None if is_telling(&failed.key) => {
            elsewhere = renamed(selector, labels, wanted);
            let lacks = agrees.then_some(Nearness::Lacks);
            elsewhere.map(|_| Nearness::Renamed).or(lacks)?
        }
        None => agrees.then_some(Nearness::Lacks)?,
        Some(found) => {
            let loose = || is_one_of(&failed.key, &LOOSE_KEYS);
            let one_key = || (agrees && !loose()).then_some(Nearness::OneKey);
            let near = closeness(wanted, found).or_else(one_key)?;
            let siblings = is_one_of(&failed.key, &SIBLING_KEYS) || is_sibling(wanted, found);
            (!siblings).then_some(near)?
        }
    };
    let difference = Difference {
        key: failed.key.clone(),
        wanted: wanted.clone(),
        found: found.map(Into::into),
        renamed: elsewhere.map(Into::into),
        agrees,
    };
    Some((nearness, difference))
}

/// How close two values are, if they are.
fn closeness(wanted: &str, found: &str) -> Option<Nearness> {
    let (wants, has) = (wanted.chars().count(), found.chars().count());
    let allowed = match wants.min(has) {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    // Lengths alone tell most pairs apart, and cost nothing.
    if wants.abs_diff(has) <= allowed && strsim::osa_distance(wanted, found) <= allowed {
        return Some(Nearness::Typo);
    }
    (is_affix(wanted, found) || is_affix(found, wanted)).then_some(Nearness::Affix)
}

/// Whether `long` is `short` with a word before or after it.
fn is_affix(short: &str, long: &str) -> bool {
    let parts = |c: char| matches!(c, '-' | '.' | '_' | '/');
    short.len() > 1
        && (long
            .strip_prefix(short)
            .is_some_and(|rest| rest.starts_with(parts))
            || long
                .strip_suffix(short)
                .is_some_and(|rest| rest.ends_with(parts)))
}

/// Whether two values name siblings: they differ in digits only, or in one trailing letter.
pub fn is_sibling(a: &str, b: &str) -> bool {
    let letters = |s: &str| {
        s.chars()
            .filter(|c| !c.is_ascii_digit())
            .collect::<String>()
    };
    let but_last = |s: &str| {
        s.char_indices()
            .next_back()
            .and_then(|(at, _)| s.get(..at).map(str::to_owned))
    };
    letters(a) == letters(b) || but_last(a) == but_last(b)
}

/// The name nearest to `wanted` among `names`: a slip of the keyboard or an affix away. Of
/// several equally near the first in alphabetical order.
pub fn near_name<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    names
        .into_iter()
        .filter(|name| *name != wanted)
        .filter_map(|name| {
            Some((
                closeness(wanted, name)?,
                strsim::osa_distance(wanted, name),
                name,
            ))
        })
        .min()
        .map(|(_, _, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(selector: &[(&str, &str)], labels: &[(&str, &str)]) -> Option<Nearness> {
        let selector = Selector::equal_to(selector.iter().copied());
        nearness(&selector, &labels.iter().copied().collect()).map(|(nearness, _)| nearness)
    }

    #[test]
    fn a_slip_of_the_keyboard_is_evidence() {
        assert_eq!(
            near(&[("app", "frontend")], &[("app", "fronted")]),
            Some(Nearness::Typo)
        );
        assert_eq!(
            near(&[("app", "nginx")], &[("app", "ngnix")]),
            Some(Nearness::Typo)
        );
        assert_eq!(
            near(&[("app", "web")], &[("app", "wbe")]),
            Some(Nearness::Typo)
        );
    }

    #[test]
    fn an_added_word_is_evidence() {
        let labels = [("app", "processor-service")];
        assert_eq!(
            near(&[("app", "processor")], &labels),
            Some(Nearness::Affix)
        );
        assert_eq!(near(&[("app", "web")], &[("app", "webhook")]), None);
    }

    #[test]
    fn siblings_are_no_evidence() {
        assert_eq!(near(&[("app", "redis-0")], &[("app", "redis-1")]), None);
        assert_eq!(near(&[("app", "shard-a")], &[("app", "shard-b")]), None);
        assert_eq!(
            near(
                &[("app", "x"), ("track", "stable")],
                &[("app", "x"), ("track", "canary")]
            ),
            None
        );
    }

    #[test]
    fn of_a_key_that_often_tells_siblings_apart_only_a_slip_is_evidence() {
        let tier = |wanted, found| {
            near(
                &[("app", "x"), ("tier", wanted)],
                &[("app", "x"), ("tier", found)],
            )
        };
        assert_eq!(tier("frontend", "fronted"), Some(Nearness::Typo));
        assert_eq!(tier("frontend", "backend"), None);
    }

    #[test]
    fn exactly_one_key_that_differs_is_evidence_if_something_telling_agrees() {
        let name = |key| {
            near(
                &[(key, "shop"), ("name", "frontend")],
                &[(key, "shop"), ("name", "web")],
            )
        };
        assert_eq!(name("app"), Some(Nearness::OneKey));
        assert_eq!(name("app.kubernetes.io/part-of"), None);
    }

    #[test]
    fn a_missing_key_is_evidence_whatever_key_it_is_if_something_telling_agrees() {
        assert_eq!(
            near(&[("app", "x"), ("track", "stable")], &[("app", "x")]),
            Some(Nearness::Lacks)
        );
        assert_eq!(near(&[("app", "x")], &[]), None);
        assert_eq!(
            near(&[("part-of", "x"), ("app", "y")], &[("part-of", "x")]),
            None
        );
    }

    #[test]
    fn the_same_value_under_another_key_is_evidence() {
        let renamed = |labels: &[(&str, &str)]| near(&[("app", "web")], labels);
        assert_eq!(
            renamed(&[("name", "web"), ("team", "a")]),
            Some(Nearness::Renamed)
        );
        assert_eq!(
            renamed(&[("app.kubernetes.io/name", "web")]),
            Some(Nearness::Renamed)
        );
        assert_eq!(renamed(&[("app.kubernetes.io/part-of", "web")]), None);
        assert_eq!(renamed(&[("app.kubernetes.io/instance", "web")]), None);
        assert_eq!(near(&[("a", "true")], &[("b", "true")]), None);
        assert_eq!(near(&[("role", "web")], &[("app", "web")]), None);
        assert_eq!(
            near(
                &[("app", "web"), ("name", "web")],
                &[("app", "api"), ("name", "web")]
            ),
            Some(Nearness::OneKey),
            "a key that the selector asks about is no other key"
        );
    }

    #[test]
    fn two_failing_keys_are_no_evidence() {
        assert_eq!(
            near(
                &[("a", "nginx"), ("b", "nginx")],
                &[("a", "ngnix"), ("b", "ngnix")]
            ),
            None
        );
    }

    #[test]
    fn the_nearest_name_is_found() {
        assert_eq!(
            near_name("operator", ["default", "operater"]),
            Some("operater")
        );
        assert_eq!(near_name("builder", ["default", "deployer"]), None);
    }
}
