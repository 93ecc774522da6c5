//! What a plain scalar means, by the YAML 1.1 rules of kubectl's reader.

use std::borrow::Cow;

use super::{Span, TextError, Value, base64};

/// The meaning of an unquoted scalar. Infinities and NaN are left to the caller to refuse, and
/// floats with no fraction are still floats, since keys and values treat both differently.
pub(super) fn plain(text: Cow<'_, str>) -> Value<'_> {
    match known(&text) {
        Some(value) => value,
        None => Value::Str(text),
    }
}

fn known(text: &str) -> Option<Value<'static>> {
    match text.as_bytes().first() {
        None => Some(Value::Null),
        // The first letters of every word below: most scalars leave here.
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') => {
            word(text)
        }
        Some(b'.') => special(text).or_else(|| fraction(text)),
        Some(b'+' | b'-' | b'0'..=b'9') => special(text).or_else(|| number(text)),
        Some(_) => None,
    }
}

fn word(text: &str) -> Option<Value<'static>> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Some(Value::Bool(true))
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Some(Value::Bool(false))
        }
        "~" | "null" | "Null" | "NULL" => Some(Value::Null),
        _ => None,
    }
}

fn special(text: &str) -> Option<Value<'static>> {
    match text {
        ".nan" | ".NaN" | ".NAN" => Some(Value::Float(f64::NAN)),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Some(Value::Float(f64::INFINITY)),
        "-.inf" | "-.Inf" | "-.INF" => Some(Value::Float(f64::NEG_INFINITY)),
        _ => None,
    }
}

fn number(text: &str) -> Option<Value<'static>> {
    // Addresses, dates and quantities begin with a digit too: leave early.
    let possible = |byte: u8| byte.is_ascii_hexdigit() || b"xXoO_+-.".contains(&byte);
    if !text.bytes().all(possible) {
        return None;
    }
    let plain = if text.contains('_') {
        Cow::Owned(text.replace('_', ""))
    } else {
        text.into()
    };
    whole(&plain).or_else(|| float(&plain))
}

/// A number that begins with its point: there Go allows `_` only between two digits.
fn fraction(text: &str) -> Option<Value<'static>> {
    if !text.contains('_') {
        return float(text);
    }
    let bytes = text.as_bytes();
    let between = |window: &[u8]| match window {
        [before, b'_', after] => before.is_ascii_digit() && after.is_ascii_digit(),
        _ => true,
    };
    let lone = bytes.windows(3).all(between) && !text.ends_with('_');
    if lone {
        float(&text.replace('_', ""))
    } else {
        None
    }
}

/// Go's `ParseInt` and `ParseUint` with base 0.
fn whole(text: &str) -> Option<Value<'static>> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (radix, digits) = radix(digits)?;
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let size = u64::from_str_radix(digits, radix).ok()?;
    match (i64::try_from(size), negative) {
        (Ok(size), true) => Some(Value::Int(-size)),
        (Ok(size), false) => Some(Value::Int(size)),
        (Err(_), true) => (size == i64::MIN.unsigned_abs()).then_some(Value::Int(i64::MIN)),
        // Go reads a sign only into signed numbers.
        (Err(_), false) => (!text.starts_with('+')).then_some(Value::Uint(size)),
    }
}

fn radix(digits: &str) -> Option<(u32, &str)> {
    match digits.as_bytes() {
        [] => None,
        [b'0', b'x' | b'X', _, ..] => Some((16, digits.get(2..)?)),
        [b'0', b'o' | b'O', _, ..] => Some((8, digits.get(2..)?)),
        [b'0', b'b' | b'B', _, ..] => Some((2, digits.get(2..)?)),
        [b'0', _, ..] => Some((8, digits.get(1..)?)),
        _ => Some((10, digits)),
    }
}

fn float(text: &str) -> Option<Value<'static>> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let mantissa_is_number =
        digits(before) && digits(after) && !(before.is_empty() && after.is_empty());
    let exponent_is_number = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    if !mantissa_is_number || !exponent_is_number || unsigned.is_empty() {
        return None;
    }
    // What does not fit stays a string, as in Go.
    text.parse()
        .ok()
        .filter(|value: &f64| value.is_finite())
        .map(Value::Float)
}

/// A float as the API server meets it: JSON between kubectl and it carries `80.0` as `80`.
fn through_json(value: f64) -> Value<'static> {
    if value.fract() == 0.0 && value.abs() < 1e21 {
        // `Display` writes the shortest digits that name the float, as Go does.
        let digits = format!("{value}");
        if let Ok(value) = digits.parse::<i64>() {
            return Value::Int(value);
        }
        if let Ok(value) = digits.parse::<u64>() {
            return Value::Uint(value);
        }
    }
    Value::Float(value)
}

/// A map key as Go spells it; None for what Go refuses as a key.
pub(super) fn key(value: Value<'_>) -> Option<Cow<'_, str>> {
    match value {
        Value::Str(text) => Some(text),
        Value::Bool(value) => Some(if value { "true".into() } else { "false".into() }),
        Value::Int(value) => Some(value.to_string().into()),
        Value::Float(value) => Some(float_key(value).into()),
        Value::Null | Value::Uint(_) | Value::Seq(_) | Value::Map(_) => None,
    }
}

/// Go's `%g` of a 32-bit float, which its YAML reader uses for keys.
fn float_key(value: f64) -> String {
    if value.is_nan() {
        return ".nan".into();
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "Go rounds these keys to 32 bits too"
    )]
    let value = value as f32;
    if value.is_infinite() {
        return if value > 0.0 {
            ".inf".into()
        } else {
            "-.inf".into()
        };
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return format!("{value}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// A scalar whose author says what it is, by the name of a `!!` tag; other tags, and those nobody
/// knows, leave a string.
pub(super) fn tagged<'a>(text: Cow<'a, str>, name: &str) -> Result<Value<'a>, String> {
    if name == "binary" {
        let decoded = base64::text(&text).ok_or("the value of `!!binary` is not base64")?;
        return Ok(Value::Str(decoded.into()));
    }
    if !matches!(name, "int" | "float" | "bool" | "null") {
        return Ok(Value::Str(text));
    }
    match (name, plain(text)) {
        ("int", value @ (Value::Int(_) | Value::Uint(_)))
        | ("float", value @ (Value::Float(_) | Value::Int(_)))
        | ("bool", value @ Value::Bool(_))
        | ("null", value @ Value::Null) => Ok(value),
        _ => Err(format!("the value is not what its tag `!!{name}` says")),
    }
}

/// The value as it survives JSON, which kubectl turns every document into.
pub(super) fn sendable(value: Value<'_>, span: Span) -> Result<Value<'_>, TextError> {
    match value {
        Value::Float(number) if number.is_finite() => Ok(through_json(number)),
        Value::Float(_) => Err(TextError::new(
            "infinity and NaN cannot be sent to the API server",
            span,
        )),
        value => Ok(value),
    }
}
