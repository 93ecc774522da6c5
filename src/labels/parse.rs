//! Selectors as kubectl's `-l` writes them: `a=b,c!=d,e in (f,g),h notin (i),j,!k`.

use super::{Requirement, Selector, Test};

/// Why a text is no selector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    /// A requirement without a key, or with characters that no label has.
    #[error("{0:?} is not a label requirement")]
    Requirement(String),
    /// `in` or `notin` without its list.
    #[error("{0:?} needs a list in parentheses")]
    List(String),
}

impl std::str::FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, SelectorError> {
        let requirements = split(text)
            .into_iter()
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(requirement)
            .collect::<Result<_, _>>()?;
        Ok(Self { requirements })
    }
}

/// The parts between the commas that stand outside parentheses.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0_u32;
    text.split(|c| {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .collect()
}

fn requirement(part: &str) -> Result<Requirement, SelectorError> {
    if let Some((key, value)) = part.split_once("!=") {
        return named(part, key, Test::NotIn(vec![value_of(part, value)?]));
    }
    if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        return named(part, key, Test::In(vec![value_of(part, value)?]));
    }
    if let Some(key) = part.strip_prefix('!') {
        return named(part, key, Test::DoesNotExist);
    }
    let Some((key, rest)) = part.split_once(char::is_whitespace) else {
        return named(part, part, Test::Exists);
    };
    let rest = rest.trim_start();
    if let Some(list) = rest.strip_prefix("notin") {
        return named(part, key, Test::NotIn(values(part, list)?));
    }
    match rest.strip_prefix("in") {
        Some(list) => named(part, key, Test::In(values(part, list)?)),
        None => Err(SelectorError::Requirement(part.to_owned())),
    }
}

fn named(part: &str, key: &str, test: Test) -> Result<Requirement, SelectorError> {
    let key = key.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if key.is_empty() || !key.chars().all(plain) {
        return Err(SelectorError::Requirement(part.to_owned()));
    }
    Ok(Requirement {
        key: key.into(),
        test,
    })
}

fn values(part: &str, list: &str) -> Result<Vec<Box<str>>, SelectorError> {
    list.trim()
        .strip_prefix('(')
        .and_then(|list| list.strip_suffix(')'))
        .ok_or_else(|| SelectorError::List(part.to_owned()))?
        .split(',')
        .map(|value| value_of(part, value))
        .collect()
}

fn value_of(part: &str, value: &str) -> Result<Box<str>, SelectorError> {
    let value = value.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if value.chars().all(plain) {
        Ok(value.into())
    } else {
        Err(SelectorError::Requirement(part.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::Labels;

    fn matches(selector: &str, labels: &[(&str, &str)]) -> bool {
        let labels: Labels = labels.iter().copied().collect();
        selector.parse::<Selector>().unwrap().matches(&labels)
    }

    #[test]
    fn every_operator_of_kubectl_is_read() {
        let prod = [("env", "prod"), ("team", "a")];
        assert!(matches("env=prod, team==a", &prod));
        assert!(matches("env!=dev", &prod));
        assert!(matches("env in (dev, prod),team", &prod));
        assert!(matches("env notin (dev),!gone", &prod));
        assert!(!matches("env notin (dev,prod)", &prod));
        assert!(!matches("!team", &prod));
        assert!(matches("", &prod));
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        for text in ["=a", "a in b", "a=b=c", "a b", "a in (b", "ü=1", "!"] {
            assert!(text.parse::<Selector>().is_err(), "{text}");
        }
    }
}
