//! Everyone in groups, and what is to be told of each pair of groups: what every format shows.

use super::crowd::{Crowd, Who};
use super::grid::{Code, Grid};
use super::lines::{Line, PortsOf, To, Told, cell, lines};

/// Everyone in groups, and what is to be told of each pair of groups.
#[derive(Clone, Debug)]
pub struct Picture {
    who: Vec<Who>,
    /// Who is in each class, as places in `who`.
    classes: Vec<Vec<usize>>,
    grid: Grid,
    /// Classes together that behave alike, as far as this grid tells.
    groups: Vec<Vec<usize>>,
    told: Told,
}

/// A line with everyone in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Who asks.
    pub from: Vec<usize>,
    /// Whom; `None` for everyone else.
    pub to: Option<Vec<usize>>,
    /// On which ports.
    pub ports: PortsOf,
    /// The code of each pair.
    pub code: Code,
}

impl Picture {
    /// Groups the classes of a grid.
    pub fn new(who: Vec<Who>, classes: Vec<Vec<usize>>, grid: Grid, told: Told) -> Self {
        Self {
            groups: grid.alike(),
            who,
            classes,
            grid,
            told,
        }
    }

    /// Everybody, as the places in rows have it.
    pub fn who(&self) -> &[Who] {
        &self.who
    }

    /// How many groups there are.
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// Who is in a group.
    pub fn members(&self, group: usize) -> Vec<usize> {
        self.groups
            .get(group)
            .map_or_else(Vec::new, |it| self.of_classes(it))
    }

    /// Whether those of a group ask.
    pub fn asks(&self, group: usize) -> bool {
        self.first(group)
            .is_some_and(|it| self.grid.asks.contains(it))
    }

    /// Whether those of a group are asked.
    pub fn is_asked(&self, group: usize) -> bool {
        self.first(group)
            .is_some_and(|it| !self.grid.targets_of(it).is_empty())
    }

    /// Everybody who asks.
    pub fn sources(&self) -> Crowd<'_> {
        let all = (0..self.classes.len()).filter(|class| self.grid.asks.contains(*class));
        Crowd::new(&self.who, self.of_classes(&all.collect::<Vec<_>>()))
    }

    /// Everybody who is asked.
    pub fn destinations(&self) -> Crowd<'_> {
        let all = (0..self.classes.len()).filter(|class| !self.grid.targets_of(*class).is_empty());
        Crowd::new(&self.who, self.of_classes(&all.collect::<Vec<_>>()))
    }

    /// The codes between two groups, each with the ports that have it, in the order to tell them.
    pub fn cell(&self, from: usize, to: usize) -> Vec<(Code, PortsOf)> {
        let (Some(from), Some(group)) = (self.first(from), self.groups.get(to)) else {
            return Vec::new();
        };
        cell(&self.grid, from, group)
    }

    /// Everything in as few rows as possible.
    pub fn rows(&self) -> Vec<Row> {
        let lines = lines(&self.grid, &self.groups, self.told);
        let rows = lines.into_iter().map(|line| self.row(line));
        rows.filter(|row| !self.is_one_pod(row)).collect()
    }

    fn row(&self, line: Line) -> Row {
        let everyone = || {
            let all = (0..self.classes.len()).filter(|it| !self.grid.targets_of(*it).is_empty());
            all.collect::<Vec<_>>()
        };
        let to = match line.to {
            To::These(classes) => Some(classes),
            To::Everyone => Some(everyone()),
            To::Others => None,
        };
        Row {
            from: self.of_classes(&line.from),
            to: to.map(|classes| self.of_classes(&classes)),
            ports: line.ports,
            code: line.code,
        }
    }

    /// Whether a row is about nothing but one pod and itself.
    fn is_one_pod(&self, row: &Row) -> bool {
        let [only] = row.from.as_slice() else {
            return false;
        };
        row.to.as_ref() == Some(&row.from) && self.who.get(*only).is_some_and(|it| it.is_one)
    }

    fn first(&self, group: usize) -> Option<usize> {
        self.groups.get(group)?.first().copied()
    }

    fn of_classes(&self, classes: &[usize]) -> Vec<usize> {
        let members = classes.iter().filter_map(|class| self.classes.get(*class));
        let mut members: Vec<usize> = members.flatten().copied().collect();
        members.sort_unstable();
        members
    }
}
