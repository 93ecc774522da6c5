//! Everybody in a View asked about everybody: in classes that behave alike, judged class by class.

use std::ops::Range;

use fixedbitset::FixedBitSet;

use super::actor::Port;
use super::codes::{ALLOWED, DENIED, DEPENDS, PLANES, UNASKED, VERDICTS};
use super::crowd::Who;
use super::entrant::Entrant;
use super::grid::{Code, Grid};
use super::grouped::{Grouped, Rows, Target};
use super::picture::Picture;
use super::plain::{contexts, grouped};
use super::scope::{Scope, entrants};
use crate::cluster::View;
use crate::policy::Family;
use crate::query::{
    Answer, Answered, Asked, Directory, Fix, Port as PortWord, Question, Says, only_datapath,
};

/// Everybody in classes that behave alike.
#[derive(Debug)]
pub struct Survey<'d, 'a> {
    directory: &'d Directory<'a>,
    view: View<'a>,
    entrants: Vec<Entrant<'a>>,
    grouped: Grouped<'a>,
    /// Over which families of addresses some of those may talk to each other.
    families: Vec<Option<Family>>,
    /// Who is in each class, as places among the entrants: those of `grouped`, then those that
    /// are a class of their own.
    classes: Vec<Vec<usize>>,
    class_of: Vec<usize>,
    targets: Vec<Target>,
}

impl<'d, 'a> Survey<'d, 'a> {
    /// Groups everybody in scope.
    pub fn of(scope: &Scope<'a>, directory: &'d Directory<'a>, view: View<'a>) -> Self {
        let entrants = entrants(scope, directory, view);
        let plain: Vec<usize> = (0..entrants.len())
            .filter(|at| entrants.get(*at).is_some_and(Entrant::is_plain))
            .collect();
        let named: Vec<&Entrant<'a>> = plain.iter().filter_map(|at| entrants.get(*at)).collect();
        let (grouped, families) = (grouped(&named, directory, view), contexts(&named));
        let place = |at: &usize| plain.get(*at).copied();
        let mut classes: Vec<Vec<usize>> = grouped
            .classes()
            .iter()
            .map(|class| class.iter().filter_map(place).collect())
            .collect();
        let mut targets = grouped.targets().to_vec();
        for (at, entrant) in entrants.iter().enumerate() {
            if entrant.is_plain() {
                continue;
            }
            let class = classes.len();
            targets.extend(
                entrant
                    .ports
                    .iter()
                    .map(|port| Target { class, port: *port }),
            );
            classes.push(vec![at]);
        }
        let mut class_of = vec![0; entrants.len()];
        for (class, members) in classes.iter().enumerate() {
            for at in members {
                if let Some(slot) = class_of.get_mut(*at) {
                    *slot = class;
                }
            }
        }
        Self {
            directory,
            view,
            entrants,
            grouped,
            families,
            classes,
            class_of,
            targets,
        }
    }

    /// Everybody, in the order in which they are told.
    pub fn who(&self) -> impl ExactSizeIterator<Item = &Who> {
        self.entrants.iter().map(|it| &it.who)
    }

    /// Who is called that, as a place.
    pub fn named(&self, name: &str) -> Option<usize> {
        self.entrants.iter().position(|it| it.who.name == name)
    }

    /// The class of somebody.
    pub fn class_of(&self, at: usize) -> Option<usize> {
        self.class_of.get(at).copied()
    }

    /// The classes, each with its members as places.
    pub fn classes(&self) -> &[Vec<usize>] {
        &self.classes
    }

    /// Every port that is asked for, those of a class together.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The places of the ports on which somebody is asked.
    pub fn targets_of(&self, at: usize) -> Range<usize> {
        let class = self.class_of(at).unwrap_or(usize::MAX);
        let first = self.targets.partition_point(|target| target.class < class);
        let end = self.targets.partition_point(|target| target.class <= class);
        first..end
    }

    /// Whether somebody asks.
    pub fn asks(&self, at: usize) -> bool {
        self.entrants.get(at).is_some_and(|it| it.asks)
    }

    /// Those who could be asked but declare no port.
    pub fn silent(&self) -> impl Iterator<Item = &Who> {
        let silent = self.entrants.iter();
        let silent = silent.filter(|it| {
            it.is_asked && !it.shapes.is_empty() && it.shapes.iter().all(|it| it.ports.is_empty())
        });
        silent.map(|it| &it.who)
    }

    /// How many pods and Workloads there are.
    pub fn pods(&self) -> usize {
        let pods = self.entrants.iter().filter(|it| !it.shapes.is_empty());
        pods.count()
    }

    /// Those who are no pods.
    pub fn others(&self) -> impl Iterator<Item = &Who> {
        let others = self.entrants.iter().filter(|it| it.shapes.is_empty());
        let others = others.filter(|it| it.asks || !it.ports.is_empty());
        others.map(|it| &it.who)
    }

    /// Whether any policy applies to any of them, or may.
    pub fn is_restricted(&self) -> bool {
        let mut shapes = self.entrants.iter().flat_map(|it| &it.shapes);
        shapes.any(|shape| !shape.policies.is_empty())
    }

    /// The same with the port in words, for two who have no names.
    pub fn answered(&self, from: usize, target: usize) -> Option<Answered<'a>> {
        self.nameless(target, self.answer(from, target)?)
    }

    /// What a pod and itself come to.
    pub fn to_itself(&self, target: usize) -> Option<Answered<'a>> {
        self.nameless(target, Answer::FREE)
    }

    fn nameless(&self, target: usize, answer: Answer<'a>) -> Option<Answered<'a>> {
        Some(Answered {
            from: String::new(),
            to: String::new(),
            port: in_words(self.targets.get(target)?.port),
            datapath: only_datapath(self.view),
            answer,
            fix: Fix::default(),
        })
    }

    /// What a class and a target come to; `None` where that is no question: neither is a pod, or
    /// their addresses are of different families.
    pub fn answer(&self, from: usize, target: usize) -> Option<Answer<'a>> {
        let to = self.targets.get(target)?;
        let (source, destination) = (self.first(from)?, self.first(to.class)?);
        if source.shapes.is_empty() && destination.shapes.is_empty() {
            return None;
        }
        if are_plain(source, destination) {
            let family = source.families().shared(destination.families());
            return Some(Answer::under(self.grouped.verdicts(from, target, family)));
        }
        let question = Question {
            from: source.member,
            to: destination.member,
            port: Some(Asked {
                port: PortWord::Number(to.port.1),
                protocol: Some(to.port.0),
            }),
        };
        question.answer(self.directory, self.view).ok()
    }

    /// Whether two are one and the same pod, which always reaches itself.
    pub fn is_itself(&self, from: usize, to: usize) -> bool {
        from == to && self.entrants.get(from).is_some_and(|it| it.who.is_one)
    }

    /// What every class and every target come to.
    pub fn grid(&self) -> Grid {
        let plain = self.families.iter();
        let plain: Vec<_> = plain.map(|it| (*it, self.grouped.rows(*it))).collect();
        let mut asks = FixedBitSet::with_capacity(self.classes.len());
        let rows = (0..self.classes.len()).map(|from| {
            let mut bits = vec![FixedBitSet::with_capacity(self.targets.len()); PLANES];
            if let Some(source) = self.first(from).filter(|it| it.asks) {
                asks.insert(from);
                self.fill(&mut bits, (from, source), &plain);
            }
            bits
        });
        Grid {
            rows: rows.collect(),
            targets: self.targets.clone(),
            asks,
        }
    }

    /// Fills the row of a class, of which the grouped answers tell the most.
    fn fill(
        &self,
        row: &mut [FixedBitSet],
        (from, source): (usize, &Entrant<'a>),
        plain: &[(Option<Family>, Rows)],
    ) {
        for (at, target) in self.targets.iter().enumerate() {
            let Some(destination) = self.first(target.class) else {
                continue;
            };
            if !are_plain(source, destination) {
                set(row, at, self.code(from, at));
                continue;
            }
            let family = source.families().shared(destination.families());
            let Some((_, rows)) = plain.iter().find(|(it, _)| *it == family) else {
                continue;
            };
            let planes = [&rows.allowed, &rows.denied];
            for (bits, plane) in row.iter_mut().zip(planes) {
                bits.set(at, plane.get(from).is_some_and(|it| it.contains(at)));
            }
        }
    }

    /// What every class and every target come to, as every format shows it.
    pub fn picture(&self) -> Picture {
        Picture::new(
            self.who().cloned().collect(),
            self.classes.clone(),
            self.grid(),
            VERDICTS,
        )
    }

    fn code(&self, from: usize, target: usize) -> Code {
        self.answer(from, target)
            .map_or(UNASKED, |answer| match answer.says {
                Says::Allowed => ALLOWED,
                Says::Denied => DENIED,
                Says::Depends(_) => DEPENDS,
            })
    }

    /// One of a class.
    fn first(&self, class: usize) -> Option<&Entrant<'a>> {
        self.entrants.get(*self.classes.get(class)?.first()?)
    }
}

/// Sets the code of a target.
pub(super) fn set(planes: &mut [FixedBitSet], target: usize, code: Code) {
    for (plane, bits) in planes.iter_mut().enumerate() {
        bits.set(target, code >> plane & 1 == 1);
    }
}

/// Whether the evaluator's answer about two is the whole answer.
fn are_plain(one: &Entrant<'_>, other: &Entrant<'_>) -> bool {
    one.is_plain() && other.is_plain() && !one.families().are_both(other.families())
}

/// A port in words.
pub fn in_words((protocol, port): Port) -> String {
    format!("{port}/{protocol}")
}
