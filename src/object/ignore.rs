//! What an object's annotations ask to leave out, why, and until when.

use jiff::civil::Date;

use super::Meta;

/// The annotation that names the rules whose findings are left out.
pub const IGNORE: &str = "portcullis.dev/ignore";
/// The annotation that says why.
pub const IGNORE_REASON: &str = "portcullis.dev/ignore-reason";
/// The annotation with the last day on which they are left out.
pub const IGNORE_UNTIL: &str = "portcullis.dev/ignore-until";

/// What an object's annotations ask to leave out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore<'a> {
    /// The rules, by the names that were given.
    pub rules: Vec<&'a str>,
    /// Why; empty where nobody says.
    pub reason: &'a str,
    /// How long.
    pub until: Until<'a>,
}

/// How long findings are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until<'a> {
    /// For ever.
    Ever,
    /// Up to and with this day, in UTC.
    Day(Date),
    /// Nobody knows: what was written is no date.
    Unreadable(&'a str),
}

impl Meta {
    /// What the annotations ask to leave out, if anything.
    pub fn ignore(&self) -> Option<Ignore<'_>> {
        let named = self.annotations.get(IGNORE)?;
        let text = |key| self.annotations.get(key).map(str::trim);
        let until = match text(IGNORE_UNTIL) {
            None => Until::Ever,
            Some(written) => written
                .parse()
                .map_or(Until::Unreadable(written), Until::Day),
        };
        let rules = named.split(|sign: char| sign == ',' || sign.is_whitespace());
        Some(Ignore {
            rules: rules.filter(|rule| !rule.is_empty()).collect(),
            reason: text(IGNORE_REASON).unwrap_or_default(),
            until,
        })
    }
}

impl Ignore<'_> {
    /// Whether findings of a rule are left out on a day.
    pub fn covers(&self, rule: &str, today: impl FnOnce() -> Date) -> bool {
        self.rules.contains(&rule) && self.until.holds(today)
    }
}

impl Until<'_> {
    /// Whether it has not ended on a day. What has no readable end has none that could be trusted.
    pub fn holds(self, today: impl FnOnce() -> Date) -> bool {
        match self {
            Self::Ever => true,
            Self::Day(last) => today() <= last,
            Self::Unreadable(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::object::parse;

    fn meta(annotations: &str) -> Meta {
        let json = format!(
            r#"{{"metadata":{{"name":"a","annotations":{annotations}}},"apiVersion":"v1","kind":"Namespace"}}"#
        );
        let mut json = serde_json::Deserializer::from_str(&json);
        parse("v1", "Namespace", &mut json).unwrap().meta
    }

    #[test]
    fn rules_reason_and_last_day_are_read() {
        let meta = meta(
            r#"{"portcullis.dev/ignore":"a, b,,c","portcullis.dev/ignore-reason":" why ","portcullis.dev/ignore-until":"2027-01-31"}"#,
        );
        let ignore = meta.ignore().unwrap();
        assert_eq!(ignore.rules, ["a", "b", "c"]);
        assert_eq!(ignore.reason, "why");
        assert!(ignore.covers("b", || date(2027, 1, 31)));
        assert!(!ignore.covers("b", || date(2027, 2, 1)));
        assert!(!ignore.covers("d", || date(2020, 1, 1)));
    }

    #[test]
    fn without_a_last_day_it_holds_for_ever_and_without_a_readable_one_not_at_all() {
        let ever = meta(r#"{"portcullis.dev/ignore":"a"}"#);
        assert!(ever.ignore().unwrap().covers("a", || date(9999, 1, 1)));
        let never =
            meta(r#"{"portcullis.dev/ignore":"a","portcullis.dev/ignore-until":"31.1.2027"}"#);
        assert!(!never.ignore().unwrap().covers("a", || date(2000, 1, 1)));
        assert!(meta("{}").ignore().is_none());
    }
}
