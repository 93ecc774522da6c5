//! What many are called in little space: whole namespaces, a few names, and how many more.

use std::collections::BTreeMap;

/// Somebody who may stand in a crowd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Its name, unique among all.
    pub name: String,
    /// Its namespace, where it has one.
    pub namespace: Option<String>,
    /// Whether it is a single pod, which always reaches itself.
    pub is_one: bool,
}

/// Everybody who may be named together, to tell whole namespaces from parts of them.
#[derive(Clone, Debug)]
pub struct Crowd<'w> {
    all: &'w [Who],
    /// Who is in question, by namespace.
    size: usize,
    by_namespace: BTreeMap<&'w str, usize>,
}

/// A name that stands for one or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// The name.
    pub name: String,
    /// For how many it stands.
    pub count: usize,
}

impl<'w> Crowd<'w> {
    /// Of those in question, as their places in `all`.
    pub fn new(all: &'w [Who], in_question: impl IntoIterator<Item = usize>) -> Self {
        let mut by_namespace = BTreeMap::new();
        let mut size = 0;
        for who in in_question.into_iter().filter_map(|at| all.get(at)) {
            size += 1;
            if let Some(namespace) = &who.namespace {
                *by_namespace.entry(namespace.as_str()).or_default() += 1;
            }
        }
        Self {
            all,
            size,
            by_namespace,
        }
    }

    /// What some of them are called: every whole namespace by its name, everyone else by theirs.
    pub fn called(&self, some: &[usize]) -> Vec<Called> {
        if some.len() == self.size && self.size > 1 {
            return vec![Called {
                name: "everyone".to_owned(),
                count: self.size,
            }];
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let some = || some.iter().filter_map(|at| self.all.get(*at));
        for namespace in some().filter_map(|who| who.namespace.as_deref()) {
            *counts.entry(namespace).or_default() += 1;
        }
        let whole = |namespace: &str| {
            let count = counts.get(namespace).copied().unwrap_or(0);
            (count > 1 && self.by_namespace.get(namespace) == Some(&count)).then_some(count)
        };
        let mut called: Vec<Called> = Vec::new();
        for who in some() {
            let of_namespace = who.namespace.as_deref();
            let Some((namespace, count)) = of_namespace.and_then(|it| Some((it, whole(it)?)))
            else {
                called.push(Called {
                    name: who.name.clone(),
                    count: 1,
                });
                continue;
            };
            let name = format!("{namespace}/ (all {count})");
            if called.iter().all(|it| it.name != name) {
                called.push(Called { name, count });
            }
        }
        called
    }

    /// The same in a line of at most `width` characters, where the first name alone fits into it:
    /// `shop/web, shop/db and 11 more`.
    pub fn line(&self, some: &[usize], width: usize) -> String {
        let called = self.called(some);
        let whole: Vec<&str> = called.iter().map(|it| it.name.as_str()).collect();
        let whole = whole.join(", ");
        if length(&whole) <= width {
            return whole;
        }
        let all: usize = called.iter().map(|it| it.count).sum();
        let mut told = 0;
        let mut line = String::new();
        for one in &called {
            let comma = if line.is_empty() { "" } else { ", " };
            let longer = format!("{line}{comma}{}", one.name);
            let rest = more(all - told - one.count);
            if !line.is_empty() && length(&longer) + length(&rest) > width {
                break;
            }
            line = longer;
            told += one.count;
        }
        line + &more(all - told)
    }
}

fn more(rest: usize) -> String {
    if rest == 0 {
        String::new()
    } else {
        format!(" and {rest} more")
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(names: &[&str]) -> Vec<Who> {
        let who = |name: &&str| Who {
            name: (*name).to_owned(),
            namespace: name.split_once('/').map(|(ns, _)| ns.to_owned()),
            is_one: false,
        };
        names.iter().map(who).collect()
    }

    #[test]
    fn a_few_are_named_and_the_others_counted() {
        let all = all(&["a/one", "a/two", "b/three", "b/four", "world"]);
        let crowd = Crowd::new(&all, 0..5);
        assert_eq!(crowd.line(&[0, 2], 40), "a/one, b/three");
        assert_eq!(crowd.line(&[0, 2, 4], 20), "a/one and 2 more");
        assert_eq!(crowd.line(&[0, 2, 4], 21), "a/one, b/three, world");
        assert_eq!(crowd.line(&[2, 4], 3), "b/three and 1 more");
    }

    #[test]
    fn whole_namespaces_and_everyone_go_by_one_name() {
        let all = all(&["a/one", "a/two", "b/three", "world"]);
        let crowd = Crowd::new(&all, 0..4);
        assert_eq!(crowd.line(&[0, 1, 3], 40), "a/ (all 2), world");
        assert_eq!(crowd.line(&[0, 1, 3], 15), "a/ (all 2) and 1 more");
        assert_eq!(crowd.line(&[0, 1, 2, 3], 40), "everyone");
        assert_eq!(crowd.line(&[2], 40), "b/three", "one is no namespace");
        assert_eq!(Crowd::new(&all, [2]).line(&[2], 40), "b/three");
    }
}
