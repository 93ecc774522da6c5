//! Calico's selector language: `a == "b" && (c in {"d", "e"} || !has(f)) && g starts with "h"`.

mod token;
#[cfg(test)]
mod tests;

use token::{Token, tokens};

use super::{Requirement, Selector, Test};

/// Why a text is no selector of this language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// The text ends too early.
    #[error("the expression ends where something more is needed")]
    End,
    /// Something stands where something else is needed.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// What is needed.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A character that no token starts with.
    #[error("unexpected character {0:?}")]
    Character(char),
    /// A string without its second quote.
    #[error("a quoted string has no end")]
    Unterminated,
    /// Parentheses within parentheses, too deep to be meant.
    #[error("parentheses are nested too deep")]
    Depth,
}

/// What an expression says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// The selector; where `global()` stands, what is true of everything global.
    pub selector: Selector,
    /// Whether `global()` occurs in it.
    pub global: bool,
}

/// The key that stands for `global()`: present on what belongs to no namespace.
pub const GLOBAL: &str = "@global";

/// Parentheses are followed this far.
const DEEPEST: usize = 64;

/// Reads an expression; an empty one matches everything.
///
/// # Errors
/// Where Calico itself would refuse it.
pub fn parse(text: &str) -> Result<Expression, ExpressionError> {
    let tokens = tokens(text)?;
    let mut parser = Parser {
        rest: &tokens,
        global: false,
    };
    if tokens.is_empty() {
        return Ok(Expression {
            selector: Selector::default(),
            global: false,
        });
    }
    let selector = parser.any_of(0)?;
    match parser.rest.first() {
        None => Ok(Expression {
            selector,
            global: parser.global,
        }),
        Some(token) => Err(expected("an operator", Some(token))),
    }
}

/// The text of a selector that asks for nothing but one value a key.
pub fn write(selector: &Selector) -> Option<String> {
    let terms: Option<Vec<String>> = selector
        .requirements
        .iter()
        .map(|requirement| {
            let (key, value) = requirement.pair()?;
            (!value.contains('\'')).then(|| format!("{key} == '{value}'"))
        })
        .collect();
    terms.map(|terms| terms.join(" && "))
}

struct Parser<'t> {
    rest: &'t [Token<'t>],
    global: bool,
}

impl<'t> Parser<'t> {
    fn next(&mut self) -> Option<&'t Token<'t>> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn takes(&mut self, token: &Token<'_>) -> bool {
        let there = self.rest.first() == Some(token);
        if there {
            self.next();
        }
        there
    }

    fn needs(&mut self, token: &Token<'_>, name: &'static str) -> Result<(), ExpressionError> {
        match self.next() {
            Some(found) if found == token => Ok(()),
            found => Err(expected(name, found)),
        }
    }

    /// Terms between `||`.
    fn any_of(&mut self, depth: usize) -> Result<Selector, ExpressionError> {
        let first = self.all_of(depth)?;
        let mut terms = vec![first];
        while self.takes(&Token::Or) {
            terms.push(self.all_of(depth)?);
        }
        Ok(match terms.pop() {
            Some(only) if terms.is_empty() => only,
            last => {
                terms.extend(last);
                Requirement::nested(Test::AnyOf(terms)).into()
            }
        })
    }

    /// Operations between `&&`.
    fn all_of(&mut self, depth: usize) -> Result<Selector, ExpressionError> {
        let mut all = self.operation(depth)?;
        while self.takes(&Token::And) {
            all = all.and(self.operation(depth)?);
        }
        Ok(all)
    }

    fn operation(&mut self, depth: usize) -> Result<Selector, ExpressionError> {
        let mut negated = false;
        while self.takes(&Token::Not) {
            negated = !negated;
        }
        let selector = match self.next() {
            Some(Token::All) => Selector::default(),
            Some(Token::Global) => {
                self.global = true;
                named(GLOBAL, Test::Exists)
            }
            Some(Token::Has(key)) => named(key, Test::Exists),
            Some(Token::Label(key)) => named(key, self.test()?),
            Some(Token::LeftParenthesis) if depth < DEEPEST => {
                let inner = self.any_of(depth.saturating_add(1))?;
                self.needs(&Token::RightParenthesis, ")")?;
                inner
            }
            Some(Token::LeftParenthesis) => return Err(ExpressionError::Depth),
            found => return Err(expected("a label, has(), all() or (", found)),
        };
        Ok(if negated { not(selector) } else { selector })
    }

    /// The operator after a label, and its value.
    fn test(&mut self) -> Result<Test, ExpressionError> {
        match self.next() {
            Some(Token::Equal) => Ok(Test::In(vec![self.string()?])),
            Some(Token::NotEqual) => Ok(Test::NotIn(vec![self.string()?])),
            Some(Token::Contains) => Ok(Test::Contains(self.string()?)),
            Some(Token::StartsWith) => Ok(Test::StartsWith(self.string()?)),
            Some(Token::EndsWith) => Ok(Test::EndsWith(self.string()?)),
            Some(Token::In) => Ok(Test::In(self.strings()?)),
            Some(Token::NotIn) => Ok(Test::NotIn(self.strings()?)),
            found => Err(expected("an operator", found)),
        }
    }

    fn string(&mut self) -> Result<Box<str>, ExpressionError> {
        match self.next() {
            Some(Token::String(text)) => Ok((*text).into()),
            found => Err(expected("a quoted string", found)),
        }
    }

    /// A list in braces, which may be empty and may end with a comma.
    fn strings(&mut self) -> Result<Vec<Box<str>>, ExpressionError> {
        self.needs(&Token::LeftBrace, "{")?;
        let mut values = Vec::new();
        while let Some(Token::String(text)) = self.rest.first() {
            values.push((*text).into());
            self.next();
            if !self.takes(&Token::Comma) {
                break;
            }
        }
        self.needs(&Token::RightBrace, "}")?;
        Ok(values)
    }
}

fn expected(expected: &'static str, found: Option<&Token<'_>>) -> ExpressionError {
    found.map_or(ExpressionError::End, |found| ExpressionError::Expected {
        expected,
        found: found.to_string(),
    })
}

fn named(key: &str, test: Test) -> Selector {
    Requirement {
        key: key.into(),
        test,
    }
    .into()
}

/// The opposite; of a single plain test it is a plain test again.
fn not(selector: Selector) -> Selector {
    if let [Requirement { key, test }] = selector.requirements.as_slice() {
        let opposite = match test {
            Test::In(values) => Some(Test::NotIn(values.clone())),
            Test::NotIn(values) => Some(Test::In(values.clone())),
            Test::Exists => Some(Test::DoesNotExist),
            Test::DoesNotExist => Some(Test::Exists),
            Test::Not(inner) => return (**inner).clone(),
            _ => None,
        };
        if let Some(test) = opposite {
            return named(key, test);
        }
    }
    Requirement::nested(Test::Not(Box::new(selector))).into()
}
