//! The tokens of Calico's selector language.

use std::fmt;

use super::ExpressionError;

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    Label(&'t str),
    String(&'t str),
    Has(&'t str),
    All,
    Global,
    LeftParenthesis,
    RightParenthesis,
    LeftBrace,
    RightBrace,
    Comma,
    Equal,
    NotEqual,
    Not,
    And,
    Or,
    In,
    NotIn,
    Contains,
    StartsWith,
    EndsWith,
}

/// What stands for itself; longer ones first.
const SYMBOLS: [(&str, Token<'static>); 10] = [
    ("==", Token::Equal),
    ("!=", Token::NotEqual),
    ("&&", Token::And),
    ("||", Token::Or),
    ("!", Token::Not),
    ("(", Token::LeftParenthesis),
    (")", Token::RightParenthesis),
    ("{", Token::LeftBrace),
    ("}", Token::RightBrace),
    (",", Token::Comma),
];

/// What may follow a label, as one word or two.
const OPERATORS: [(&str, &str, Token<'static>); 5] = [
    ("contains", "", Token::Contains),
    ("starts", "with", Token::StartsWith),
    ("ends", "with", Token::EndsWith),
    ("not", "in", Token::NotIn),
    ("in", "", Token::In),
];

const CALLS: [(&str, Token<'static>); 2] = [("all(", Token::All), ("global(", Token::Global)];

/// The tokens of a text.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, ExpressionError> {
    let mut tokens = Vec::new();
    let mut rest = trimmed(text);
    while let Some(first) = rest.chars().next() {
        let after_label = matches!(tokens.last(), Some(Token::Label(_)));
        let (token, after) = if let Some(found) = symbol(rest) {
            found
        } else if matches!(first, '"' | '\'') {
            quoted(rest, first)?
        } else if after_label {
            operator(rest).ok_or_else(|| match word(rest) {
                "" => ExpressionError::Character(first),
                word => ExpressionError::Expected {
                    expected: "an operator",
                    found: word.to_owned(),
                },
            })?
        } else {
            named(rest, first)?
        };
        tokens.push(token);
        rest = trimmed(after);
    }
    Ok(tokens)
}

/// Line breaks are taken as blanks, as YAML folds them into what it passes on.
fn trimmed(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\n', '\r'])
}

fn symbol(text: &str) -> Option<(Token<'static>, &str)> {
    let find =
        |(symbol, token): &(&str, Token<'static>)| Some((*token, text.strip_prefix(symbol)?));
    SYMBOLS.iter().find_map(find)
}

fn quoted(text: &str, quote: char) -> Result<(Token<'_>, &str), ExpressionError> {
    let inner = text.strip_prefix(quote).unwrap_or(text);
    inner
        .split_once(quote)
        .map(|(value, rest)| (Token::String(value), rest))
        .ok_or(ExpressionError::Unterminated)
}

fn operator(text: &str) -> Option<(Token<'static>, &str)> {
    OPERATORS.iter().find_map(|(first, second, token)| {
        let rest = text.strip_prefix(first)?;
        // Some write starts-with for what the language spells in two words.
        let joined = rest.strip_prefix('-').unwrap_or(rest);
        let rest = if second.is_empty() {
            rest
        } else {
            trimmed(joined)
        };
        Some((*token, rest.strip_prefix(second)?))
    })
}

fn named(text: &str, first: char) -> Result<(Token<'_>, &str), ExpressionError> {
    if let Some(rest) = text.strip_prefix("has(") {
        let rest = trimmed(rest);
        let key = word(rest);
        let rest = trimmed(rest.get(key.len()..).unwrap_or_default());
        return match rest.strip_prefix(')') {
            Some(rest) if !key.is_empty() => Ok((Token::Has(key), rest)),
            _ => Err(ExpressionError::Expected {
                expected: "a label and ) after has(",
                found: rest.chars().take(1).collect(),
            }),
        };
    }
    for (call, token) in CALLS {
        if let Some(rest) = text.strip_prefix(call) {
            return match trimmed(rest).strip_prefix(')') {
                Some(rest) => Ok((token, rest)),
                None => Err(ExpressionError::Expected {
                    expected: ")",
                    found: rest.chars().take(1).collect(),
                }),
            };
        }
    }
    match word(text) {
        "" => Err(ExpressionError::Character(first)),
        key => Ok((Token::Label(key), text.get(key.len()..).unwrap_or_default())),
    }
}

/// The characters of a label's name that a text starts with.
fn word(text: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./-".contains(c);
    let end = text.find(|c| !plain(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(key) => return write!(f, "label {key}"),
            Self::String(text) => return write!(f, "{text:?}"),
            Self::Has(key) => return write!(f, "has({key})"),
            _ => {}
        }
        let symbol = SYMBOLS.iter().find(|(_, token)| token == self);
        let call = CALLS.iter().find(|(_, token)| token == self);
        let operator = OPERATORS.iter().find(|(.., token)| token == self);
        match (symbol, call, operator) {
            (Some((text, _)), ..) => f.write_str(text),
            (_, Some((text, _)), _) => write!(f, "{text})"),
            (.., Some((first, second, _))) => f.write_str(format!("{first} {second}").trim_end()),
            _ => f.write_str("something else"),
        }
    }
}
