//! What a change opens and closes: two surveys of those who are there before and after.

use std::collections::HashMap;

use fixedbitset::FixedBitSet;

use super::actor::Port;
use super::codes::{PLANES, UNASKED, change};
use super::crowd::Who;
use super::grid::{Code, Grid};
use super::grouped::Target;
use super::lines::Told;
use super::picture::Picture;
use super::survey::{Survey, set};
use crate::query::Answer;

/// What is not the same before and after.
#[derive(Debug)]
pub struct Changes<'s, 'd, 'a> {
    before: &'s Survey<'d, 'a>,
    after: &'s Survey<'d, 'a>,
    who: Vec<Who>,
    /// The classes of those who are there before and after: alike then and now.
    classes: Vec<Both>,
    class_of: Vec<usize>,
    targets: Vec<Target>,
    /// The place of each target before and after.
    places: Vec<(usize, usize)>,
    grid: Grid,
}

/// A class of those who behave alike before and after.
#[derive(Debug)]
struct Both {
    members: Vec<usize>,
    before: usize,
    after: usize,
}

/// A flow that is not the same before and after.
#[derive(Debug)]
pub struct Changed<'w, 'a> {
    /// Whom it starts from.
    pub from: &'w Who,
    /// Whom it leads to.
    pub to: &'w Who,
    /// The port.
    pub port: Port,
    /// What it came to.
    pub before: Answer<'a>,
    /// What it comes to.
    pub after: Answer<'a>,
}

impl<'s, 'd, 'a> Changes<'s, 'd, 'a> {
    /// Compares two surveys of the same scope.
    pub fn of(before: &'s Survey<'d, 'a>, after: &'s Survey<'d, 'a>) -> Self {
        let (who, classes) = both(before, after);
        let (targets, places) = targets(&classes, before, after);
        let grids = (before.grid(), after.grid());
        let mut asks = FixedBitSet::with_capacity(classes.len());
        let rows = classes.iter().enumerate().map(|(from, class)| {
            let mut bits = vec![FixedBitSet::with_capacity(targets.len()); 2 * PLANES];
            if grids.0.asks.contains(class.before) && grids.1.asks.contains(class.after) {
                asks.insert(from);
                for (at, place) in places.iter().enumerate() {
                    let before = grids.0.code(class.before, place.0);
                    let after = grids.1.code(class.after, place.1);
                    set(&mut bits, at, changed(before, after));
                }
            }
            bits
        });
        let rows = rows.collect();
        let mut class_of = vec![0; who.len()];
        for (class, both) in classes.iter().enumerate() {
            for at in &both.members {
                if let Some(slot) = class_of.get_mut(*at) {
                    *slot = class;
                }
            }
        }
        Self {
            grid: Grid {
                targets: targets.clone(),
                asks,
                rows,
            },
            before,
            after,
            who,
            classes,
            class_of,
            targets,
            places,
        }
    }

    /// Those who are there after only, so that nothing is compared.
    pub fn new_ones(&self) -> Vec<&'s Who> {
        let all = self.after.who();
        all.filter(|who| self.before.named(&who.name).is_none())
            .collect()
    }

    /// What changes in one way, as a table shows it.
    pub fn picture(&self, told: Told) -> Picture {
        let classes = self.classes.iter().map(|class| class.members.clone());
        Picture::new(self.who.clone(), classes.collect(), self.grid.clone(), told)
    }

    /// Every flow that changes in one way, by whom it starts from, whom it leads to, and port.
    pub fn each(&self, told: Told) -> impl Iterator<Item = Changed<'_, 'a>> {
        let everybody = || self.who.iter().zip(self.class_of.iter().copied());
        let pairs = everybody().flat_map(move |from| everybody().map(move |to| (from, to)));
        pairs.flat_map(move |((from, class), (to, other))| {
            let targets = self.grid.targets_of(other);
            let itself = from.is_one && from == to;
            let changed = targets
                .filter(move |at| !itself && told.codes.contains(&self.grid.code(class, *at)));
            changed.filter_map(move |at| {
                let (before, after) = self.answers(class, at)?;
                Some(Changed {
                    from,
                    to,
                    port: self.targets.get(at)?.port,
                    before,
                    after,
                })
            })
        })
    }

    fn answers(&self, from: usize, target: usize) -> Option<(Answer<'a>, Answer<'a>)> {
        let (class, place) = (self.classes.get(from)?, self.places.get(target)?);
        let before = self.before.answer(class.before, place.0)?;
        Some((before, self.after.answer(class.after, place.1)?))
    }
}

/// The code of a change, where it is one.
const fn changed(before: Code, after: Code) -> Code {
    if before == after || before == UNASKED || after == UNASKED {
        0
    } else {
        change(before, after)
    }
}

/// Those who are there before and after, and their classes.
fn both(before: &Survey<'_, '_>, after: &Survey<'_, '_>) -> (Vec<Who>, Vec<Both>) {
    let later: HashMap<&str, usize> = after
        .who()
        .enumerate()
        .map(|(at, who)| (who.name.as_str(), at))
        .collect();
    let mut who = Vec::new();
    let mut classes: Vec<Both> = Vec::new();
    let mut numbers = HashMap::new();
    for (at, one) in before.who().enumerate() {
        let place = later.get(one.name.as_str());
        let class = place.and_then(|place| Some((before.class_of(at)?, after.class_of(*place)?)));
        let Some(class) = class else {
            continue;
        };
        let next = classes.len();
        let number = *numbers.entry(class).or_insert(next);
        if number == next {
            classes.push(Both {
                members: Vec::new(),
                before: class.0,
                after: class.1,
            });
        }
        if let Some(class) = classes.get_mut(number) {
            class.members.push(who.len());
        }
        who.push(one.clone());
    }
    (who, classes)
}

/// Every port on which a class is asked before and after, and its places.
fn targets(
    classes: &[Both],
    before: &Survey<'_, '_>,
    after: &Survey<'_, '_>,
) -> (Vec<Target>, Vec<(usize, usize)>) {
    let places = |survey: &Survey<'_, '_>| -> HashMap<(usize, Port), usize> {
        let all = survey.targets().iter().enumerate();
        all.map(|(at, target)| ((target.class, target.port), at))
            .collect()
    };
    let (earlier, later) = (places(before), places(after));
    let mut all = Vec::new();
    for (class, both) in classes.iter().enumerate() {
        let targets = before.targets().iter().filter(|it| it.class == both.before);
        for port in targets.map(|it| it.port) {
            let place = earlier
                .get(&(both.before, port))
                .zip(later.get(&(both.after, port)));
            all.extend(place.map(|(before, after)| (Target { class, port }, (*before, *after))));
        }
    }
    all.into_iter().unzip()
}
