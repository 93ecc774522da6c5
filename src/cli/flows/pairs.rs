//! Every pair as JSON: what a class and a port come to is found once, and told of every pair.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;

use crate::cli::flow::place::Places;
use crate::flows::Survey;
use crate::query::Answered;
use crate::report::flow::json::Flow;
use crate::report::flows::json::{Array, rest};

/// Writes every pair, by whom it starts from, whom it leads to, and port.
pub(super) fn write(
    out: &mut impl Write,
    survey: &Survey<'_, '_>,
    places: Places<'_>,
) -> anyhow::Result<()> {
    let mut rests = Rests {
        survey,
        places,
        texts: Vec::new(),
        numbers: HashMap::new(),
        rows: BTreeMap::new(),
    };
    let names: Vec<&str> = survey.who().map(|who| who.name.as_str()).collect();
    let mut array = Array::new(out)?;
    for (from, name) in names
        .iter()
        .enumerate()
        .filter(|(from, _)| survey.asks(*from))
    {
        for (to, other) in names.iter().enumerate() {
            for target in survey.targets_of(to) {
                if let Some(rest) = rests.of(from, to, target)? {
                    array.pair(name, other, rest)?;
                }
            }
        }
    }
    array.end()?;
    Ok(())
}

/// What stands in an object after its names, each text once.
struct Rests<'s, 'd, 'a> {
    survey: &'s Survey<'d, 'a>,
    places: Places<'s>,
    texts: Vec<String>,
    numbers: HashMap<String, usize>,
    /// By class, the text about each target.
    rows: BTreeMap<usize, Vec<Option<usize>>>,
}

impl Rests<'_, '_, '_> {
    fn of(&mut self, from: usize, to: usize, target: usize) -> anyhow::Result<Option<&str>> {
        let number = if self.survey.is_itself(from, to) {
            let free = self.survey.to_itself(target).into_iter().collect();
            self.numbered(free)?.pop()
        } else {
            self.row(from)?.get(target).copied().flatten()
        };
        Ok(number.and_then(|it| self.texts.get(it)).map(String::as_str))
    }

    /// The texts about a class and every target.
    fn row(&mut self, from: usize) -> anyhow::Result<&[Option<usize>]> {
        let Some(class) = self.survey.class_of(from) else {
            return Ok(&[]);
        };
        if !self.rows.contains_key(&class) {
            let targets = 0..self.survey.targets().len();
            let answered: Vec<Option<Answered<'_>>> = targets
                .map(|target| self.survey.answered(class, target))
                .collect();
            let known: Vec<bool> = answered.iter().map(Option::is_some).collect();
            let mut numbers = self
                .numbered(answered.into_iter().flatten().collect())?
                .into_iter();
            let row = known
                .into_iter()
                .map(|it| it.then(|| numbers.next()).flatten());
            self.rows.insert(class, row.collect());
        }
        Ok(self.rows.get(&class).map_or(&[], Vec::as_slice))
    }

    fn numbered(&mut self, answered: Vec<Answered<'_>>) -> anyhow::Result<Vec<usize>> {
        let mut numbers = Vec::with_capacity(answered.len());
        for told in self.places.told(answered) {
            let text = rest(&Flow::from(&told).without_fix())?;
            let next = self.texts.len();
            let number = *self.numbers.entry(text).or_insert_with_key(|text| {
                self.texts.push(text.clone());
                next
            });
            numbers.push(number);
        }
        Ok(numbers)
    }
}
