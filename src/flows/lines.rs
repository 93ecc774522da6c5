//! The shortest list of lines that says everything that a grid does: who, to whom, on which ports.

use std::collections::{BTreeMap, BTreeSet};

use super::Port;
use super::grid::{Code, Grid};

/// One line: the same code for every pair of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The classes that ask.
    pub(super) from: Vec<usize>,
    /// Whom they ask.
    pub(super) to: To,
    /// On which ports.
    pub(super) ports: PortsOf,
    /// The code.
    pub(super) code: Code,
}

/// Whom a line is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum To {
    /// These classes.
    These(Vec<usize>),
    /// Everyone whom those of the line ask.
    Everyone,
    /// Whomever and whichever port no other line of the same `from` names.
    Others,
}

/// The ports that something is told of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PortsOf {
    /// These.
    These(Vec<Port>),
    /// Every one on which each is asked, which differ.
    EachItsOwn,
    /// Those that no other line is about.
    Others,
}

/// Which codes are told, and how.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// Those that are told, in the order to tell them.
    pub codes: &'static [Code],
    /// Those of which the most frequent one need not be told target by target.
    pub usual: &'static [Code],
}

/// Up to this many classes are named rather than called the others.
const FEW: usize = 4;

/// Up to this many lists of ports are told apart.
const FEW_PORTS: usize = 3;

/// The lines of a grid whose classes are grouped.
pub(super) fn lines(grid: &Grid, groups: &[Vec<usize>], told: Told) -> Vec<Line> {
    let asked: Vec<&Vec<usize>> = groups
        .iter()
        .filter(|group| !first_targets(grid, group).is_empty())
        .collect();
    let many = asked.iter().map(|group| group.len()).sum::<usize>() > FEW;
    let mut merged: BTreeMap<(usize, To, PortsOf), Vec<usize>> = BTreeMap::new();
    for group in groups {
        let Some(first) = group.first().filter(|it| grid.asks.contains(**it)) else {
            continue;
        };
        for (place, to, ports) in of_group(grid, *first, &asked, (told, many)) {
            let from = merged.entry((place, to, ports)).or_default();
            from.extend(group);
        }
    }
    let mut lines: Vec<(usize, Line)> = merged
        .into_iter()
        .filter_map(|((place, to, ports), mut from)| {
            from.sort_unstable();
            let code = *told.codes.get(place)?;
            Some((
                place,
                Line {
                    from,
                    to,
                    ports,
                    code,
                },
            ))
        })
        .collect();
    lines.sort_by(|(place, line), (other_place, other)| {
        let rest = |line: &Line| line.to == To::Others;
        (rest(line), place, &line.from, &line.to, &line.ports).cmp(&(
            rest(other),
            other_place,
            &other.from,
            &other.to,
            &other.ports,
        ))
    });
    lines.into_iter().map(|(_, line)| line).collect()
}

/// What is told of one class that asks: the place of the code, whom, and which ports.
fn of_group(
    grid: &Grid,
    from: usize,
    asked: &[&Vec<usize>],
    (told, many): (Told, bool),
) -> Vec<(usize, To, PortsOf)> {
    let mut found = Found::default();
    for group in asked {
        for (code, some) in apart(grid, from, group) {
            if let Some(place) = told.codes.iter().position(|it| *it == code) {
                found.add(grid, group, place, some.as_deref());
            }
        }
    }
    // Of what does not change nothing is told, so that nobody can be told to be everyone.
    if !told.usual.is_empty()
        && let Some((place, ports)) = found.only()
    {
        return vec![(place, To::Everyone, ports)];
    }
    let usual = found.usual(told).filter(|_| many);
    let mut lines = found.lines(usual);
    lines.extend(usual.map(|place| (place, To::Others, PortsOf::Others)));
    lines
}

/// Whom one class asks, by the place of the code and the ports, and whether those are all.
#[derive(Debug, Default)]
struct Found {
    by_ports: BTreeMap<(usize, bool, Vec<Port>), Vec<usize>>,
    everyone: BTreeSet<usize>,
}

impl Found {
    fn add(&mut self, grid: &Grid, group: &[usize], place: usize, some: Option<&[Port]>) {
        self.everyone.extend(group);
        for class in group {
            let key = match some {
                Some(ports) => (place, false, ports.to_vec()),
                None => (place, true, grid.ports_of(*class)),
            };
            self.by_ports.entry(key).or_default().push(*class);
        }
    }

    /// The place of the code that everyone has on every port, and those ports.
    fn only(&self) -> Option<(usize, PortsOf)> {
        let ((place, ..), _) = self.by_ports.first_key_value()?;
        let same = |(of, all, _): &(usize, bool, Vec<Port>)| of == place && *all;
        if self.everyone.len() < 2 || !self.by_ports.keys().all(same) {
            return None;
        }
        let mut lists = self.by_ports.keys();
        let ports = match (lists.next(), lists.next()) {
            (Some((.., only)), None) => PortsOf::These(only.clone()),
            _ => PortsOf::EachItsOwn,
        };
        Some((*place, ports))
    }

    /// The usual code that most classes have on all or some of their ports.
    fn usual(&self, told: Told) -> Option<usize> {
        let places = told.usual.iter();
        let places = places.filter_map(|code| told.codes.iter().position(|it| it == code));
        let count = |place: &usize| -> usize {
            let same = self.by_ports.iter().filter(|((of, ..), _)| of == place);
            same.map(|(_, to)| to.len()).sum()
        };
        let counted = places.map(|place| (count(&place), place));
        let most = counted.max_by_key(|(count, place)| (*count, *place));
        most.filter(|(count, _)| *count > 0).map(|(_, place)| place)
    }

    /// Everyone but those of the usual code, a line for each list of ports, where those are few.
    fn lines(self, usual: Option<usize>) -> Vec<(usize, To, PortsOf)> {
        let mut whole: BTreeMap<usize, usize> = BTreeMap::new();
        for (place, ..) in self.by_ports.keys().filter(|(_, all, _)| *all) {
            *whole.entry(*place).or_default() += 1;
        }
        let mut lines: BTreeMap<(usize, PortsOf), Vec<usize>> = BTreeMap::new();
        for ((place, all, ports), to) in self.by_ports {
            if Some(place) == usual {
                continue;
            }
            let many = all && whole.get(&place).is_some_and(|lists| *lists > FEW_PORTS);
            let ports = if many {
                PortsOf::EachItsOwn
            } else {
                PortsOf::These(ports)
            };
            lines.entry((place, ports)).or_default().extend(to);
        }
        let lines = lines.into_iter();
        lines
            .map(|((place, ports), mut to)| {
                to.sort_unstable();
                (place, To::These(to), ports)
            })
            .collect()
    }
}

/// The codes between a class and a group, each with the ports that have it; `None` for all.
fn apart(grid: &Grid, from: usize, group: &[usize]) -> Vec<(Code, Option<Vec<Port>>)> {
    let targets = first_targets(grid, group);
    let mut codes: BTreeMap<Code, Vec<Port>> = BTreeMap::new();
    for target in targets {
        if let Some(it) = grid.targets.get(target) {
            let ports = codes.entry(grid.code(from, target)).or_default();
            ports.push(it.port);
        }
    }
    let one = codes.len() == 1;
    let codes = codes.into_iter();
    codes
        .map(|(code, ports)| (code, (!one).then_some(ports)))
        .collect()
}

/// The codes between a class and a group, each with its ports.
pub(super) fn cell(grid: &Grid, from: usize, group: &[usize]) -> Vec<(Code, PortsOf)> {
    let whole = || {
        let mut lists = group.iter().map(|class| grid.ports_of(*class));
        let first = lists.next().unwrap_or_default();
        if lists.all(|other| other == first) {
            PortsOf::These(first)
        } else {
            PortsOf::EachItsOwn
        }
    };
    let apart = apart(grid, from, group).into_iter();
    apart
        .map(|(code, some)| (code, some.map_or_else(whole, PortsOf::These)))
        .collect()
}

fn first_targets(grid: &Grid, group: &[usize]) -> std::ops::Range<usize> {
    group.first().map_or(0..0, |class| grid.targets_of(*class))
}
