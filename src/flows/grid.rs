//! A code for each pair of somebody who asks and a port of somebody who is asked, kept as planes
//! of bits; and who has the same codes.

use std::collections::HashMap;

use fixedbitset::FixedBitSet;

use super::{Port, Target};

/// The code of a pair: the bit of each plane.
pub type Code = u8;

/// A code for each class that asks and each port of a class that is asked.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Every port that is asked for, those of a class together.
    pub targets: Vec<Target>,
    /// Whether each class asks.
    pub asks: FixedBitSet,
    /// The planes of each class that asks, by target.
    pub rows: Vec<Vec<FixedBitSet>>,
}

/// How a class is asked.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Column {
    /// Every port alike.
    Alike(Vec<FixedBitSet>),
    /// Ports differ.
    Differing(Vec<(Port, Vec<FixedBitSet>)>),
}

impl Grid {
    /// The code of a pair.
    pub fn code(&self, class: usize, target: usize) -> Code {
        let planes = self.rows.get(class).into_iter().flatten().enumerate();
        planes
            .filter(|(_, plane)| plane.contains(target))
            .fold(0, |code, (plane, _)| code | 1 << plane)
    }

    /// The places of the targets of a class.
    pub fn targets_of(&self, class: usize) -> std::ops::Range<usize> {
        let first = self.targets.partition_point(|target| target.class < class);
        let end = self.targets.partition_point(|target| target.class <= class);
        first..end
    }

    /// The ports on which a class is asked.
    pub fn ports_of(&self, class: usize) -> Vec<Port> {
        let targets = self.targets.get(self.targets_of(class));
        let targets = targets.into_iter().flatten();
        targets.map(|target| target.port).collect()
    }

    /// Classes together that have the same codes both ways, in the order of the first.
    pub fn alike(&self) -> Vec<Vec<usize>> {
        let columns = self.turned();
        let mut numbers = HashMap::new();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (class, row) in self.rows.iter().enumerate() {
            let row = self.asks.contains(class).then_some(row);
            let key = (row, self.column(class, &columns));
            let next = groups.len();
            let group = *numbers.entry(key).or_insert(next);
            if group == next {
                groups.push(Vec::new());
            }
            if let Some(group) = groups.get_mut(group) {
                group.push(class);
            }
        }
        groups
    }

    /// The planes of each target, by the class that asks.
    fn turned(&self) -> Vec<Vec<FixedBitSet>> {
        let planes = self.rows.first().map_or(0, Vec::len);
        let empty = vec![FixedBitSet::with_capacity(self.rows.len()); planes];
        let mut columns = vec![empty; self.targets.len()];
        for class in self.asks.ones() {
            for (plane, row) in self.rows.get(class).into_iter().flatten().enumerate() {
                for target in row.ones() {
                    if let Some(column) = columns.get_mut(target).and_then(|it| it.get_mut(plane)) {
                        column.insert(class);
                    }
                }
            }
        }
        columns
    }

    /// How a class is asked; `None` where it is not.
    fn column(&self, class: usize, columns: &[Vec<FixedBitSet>]) -> Option<Column> {
        let ports = self.targets_of(class);
        let own = columns.get(ports.clone())?;
        let (first, rest) = own.split_first()?;
        if rest.iter().all(|it| it == first) {
            return Some(Column::Alike(first.clone()));
        }
        let targets = self.targets.get(ports)?.iter().zip(own);
        let differing = targets.map(|(target, planes)| (target.port, planes.clone()));
        Some(Column::Differing(differing.collect()))
    }
}
