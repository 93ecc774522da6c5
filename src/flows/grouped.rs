//! Actors in classes of those that behave alike, and the answer for every pair of classes.

use std::collections::HashMap;
use std::hash::Hash;

use fixedbitset::FixedBitSet;

use super::actor::{Actor, Port, Setting};
use super::judged::Judged;
use super::manner::{Manner, Manners};
use super::place::Place;
use crate::policy::{Datapath, Family};
use crate::reach::{Certainty, Outcome, Verdict};

/// A setting, and everybody as seen in it.
pub type Seen<'p, 'a> = (Setting<'a>, Vec<Actor<'p, 'a>>);

/// A port of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The class, as its place among all.
    pub class: usize,
    /// The port.
    pub port: Port,
}

/// Actors in classes: no policy, peer, port, address or label that is in view tells two of a
/// class apart.
#[derive(Debug)]
pub struct Grouped<'a> {
    /// The actors of each class, as their places, in the order of the first.
    classes: Vec<Vec<usize>>,
    /// The class of each actor.
    class_of: Vec<usize>,
    /// Each port of each class, those of a class together.
    targets: Vec<Target>,
    /// Where those of each class stand.
    places: Vec<Place>,
    /// The answers under each setting.
    judged: Vec<(Setting<'a>, Judged<'a>)>,
}

/// For each class, the targets that it reaches for certain, or does not: in all settings.
#[derive(Debug)]
pub struct Rows {
    /// By class, the targets that it reaches.
    pub allowed: Vec<FixedBitSet>,
    /// By class, the targets that it does not reach.
    pub denied: Vec<FixedBitSet>,
}

impl<'a> Grouped<'a> {
    /// Groups actors, each of which is given as it is seen in every setting, and judges every pair
    /// of classes. How they are seen in `also` and what they are marked with tells them apart too.
    /// There is a mark for each of those to group; of the actors after them only the policies count,
    /// as others may ask them something that tells those to group apart.
    pub fn of<M: Hash + Eq>(seen: &[Seen<'_, 'a>], also: &[Seen<'_, 'a>], marks: Vec<M>) -> Self {
        let places = Place::of_each(seen.first().map_or(&[], |(_, actors)| actors));
        let marks: Vec<(M, Place)> = marks.into_iter().zip(places).collect();
        let manners = |seen: &[Seen<'_, 'a>]| -> Vec<Manners<'a>> {
            let seen = seen.iter();
            seen.map(|(setting, actors)| Manners::of(actors, marks.len(), *setting))
                .collect()
        };
        let (manners, also) = (manners(seen), manners(also));
        let (classes, class_of) = alike(&manners, &also, &marks);
        let first = |class: &Vec<usize>| class.first().copied();
        let representatives: Vec<usize> = classes.iter().filter_map(first).collect();
        let targets = targets(&manners, &representatives);
        let judged = seen.iter().zip(&manners);
        let judged = judged
            .map(|((setting, actors), manners)| {
                let judged = Judged::of(manners, actors, *setting, (&representatives, &targets));
                (*setting, judged)
            })
            .collect();
        let place = |at: &usize| marks.get(*at).map(|(_, place)| place.clone());
        Self {
            places: representatives.iter().filter_map(place).collect(),
            classes,
            class_of,
            targets,
            judged,
        }
    }

    /// The actors of each class, as their places.
    pub fn classes(&self) -> &[Vec<usize>] {
        &self.classes
    }

    /// The class of an actor.
    pub fn class_of(&self, actor: usize) -> Option<usize> {
        self.class_of.get(actor).copied()
    }

    /// Each port of each class, those of a class together, classes in their order.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The place among all targets of a port of a class.
    pub fn target(&self, class: usize, port: Port) -> Option<usize> {
        let first = self.targets.partition_point(|target| target.class < class);
        let of_class = self.targets.iter().skip(first);
        let mut of_class = of_class.take_while(|target| target.class == class);
        let at = of_class.position(|target| target.port == port)?;
        Some(first + at)
    }

    /// The verdict about a class and a target, by datapath, over a family of addresses.
    pub fn verdicts(
        &self,
        from: usize,
        target: usize,
        family: Option<Family>,
    ) -> Vec<(Datapath, Verdict<'a>)> {
        let verdict = |(setting, judged): &(Setting<'a>, Judged<'a>)| {
            let verdict = judged.verdict(from, target)?;
            let to = self.targets.get(target)?.class;
            Some((
                setting.datapath,
                verdict.where_internal(self.internal(from, to)),
            ))
        };
        self.over(family).filter_map(verdict).collect()
    }

    /// The answers about every class and every target over a family of addresses, where only they
    /// matter.
    pub fn rows(&self, family: Option<Family>) -> Rows {
        let mut full = FixedBitSet::with_capacity(self.targets.len());
        full.insert_range(..);
        let mut rows = Rows {
            allowed: vec![full.clone(); self.classes.len()],
            denied: vec![full; self.classes.len()],
        };
        for (_, judged) in self.over(family) {
            let allowed = judged.on_both_sides(&Outcome::Allowed);
            let denied = judged.on_either_side(&Outcome::Denied);
            for (row, also) in rows.allowed.iter_mut().zip(&allowed) {
                row.intersect_with(also);
            }
            for (row, also) in rows.denied.iter_mut().zip(&denied) {
                row.intersect_with(also);
            }
        }
        for from in 0..self.classes.len() {
            self.let_own_nodes_in(from, &mut rows, family);
        }
        rows
    }

    /// Corrects the row of a class whose traffic is that of a node: a pod's own may reach it.
    fn let_own_nodes_in(&self, from: usize, rows: &mut Rows, family: Option<Family>) {
        let is_node = self.places.get(from).is_some_and(Place::is_node);
        let rows = rows.allowed.get_mut(from).zip(rows.denied.get_mut(from));
        let Some((allowed, denied)) = rows.filter(|_| is_node) else {
            return;
        };
        for target in 0..self.targets.len() {
            let verdicts = self.verdicts(from, target, family);
            let all = |outcome: &Outcome| verdicts.iter().all(|(_, it)| it.outcome() == outcome);
            allowed.set(target, all(&Outcome::Allowed));
            denied.set(target, all(&Outcome::Denied));
        }
    }

    fn over(&self, family: Option<Family>) -> impl Iterator<Item = &(Setting<'a>, Judged<'a>)> {
        let judged = self.judged.iter();
        judged.filter(move |(setting, _)| setting.family == family)
    }

    /// Whether policies have no say, as it comes from a pod's own node.
    fn internal(&self, from: usize, to: usize) -> Certainty {
        let places = self.places.get(from).zip(self.places.get(to));
        places.map_or(Certainty::No, |(from, to)| from.is_own_node_of(to))
    }
}

/// Classes of those that behave alike in every setting, and the class of each.
fn alike<M: Hash + Eq>(
    manners: &[Manners<'_>],
    also: &[Manners<'_>],
    marks: &[(M, Place)],
) -> (Vec<Vec<usize>>, Vec<usize>) {
    let mut numbers: HashMap<(&(M, Place), Vec<&Manner>), usize> = HashMap::new();
    let mut classes: Vec<Vec<usize>> = Vec::new();
    let mut class_of = Vec::with_capacity(marks.len());
    for (actor, mark) in marks.iter().enumerate() {
        let all = manners.iter().chain(also);
        let key = (mark, all.filter_map(|it| it.all.get(actor)).collect());
        let next = classes.len();
        let class = *numbers.entry(key).or_insert(next);
        if class == next {
            classes.push(Vec::new());
        }
        if let Some(class) = classes.get_mut(class) {
            class.push(actor);
        }
        class_of.push(class);
    }
    (classes, class_of)
}

/// Each port of each class.
fn targets(manners: &[Manners<'_>], representatives: &[usize]) -> Vec<Target> {
    let classes = representatives.iter().enumerate();
    let of_class = |(class, actor): (usize, &usize)| {
        let manner = manners.first().and_then(|it| it.all.get(*actor));
        let ports = manner.map_or(&[][..], |manner| &manner.ports);
        ports.iter().map(move |at| Target {
            class,
            port: at.port,
        })
    };
    classes.flat_map(of_class).collect()
}
