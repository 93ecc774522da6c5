//! The codes of grids: a verdict, or a verdict before and another after.

use super::grid::Code;
use super::lines::Told;

/// A Flow passes for certain.
pub const ALLOWED: Code = 1;
/// It does not, for certain.
pub const DENIED: Code = 2;
/// That depends on something.
pub const DEPENDS: Code = 0;

/// Nobody asks: neither of the two is a pod.
pub const UNASKED: Code = 3;

/// How many planes a verdict takes.
pub(super) const PLANES: usize = 2;

/// Every verdict; of most pairs it is that they may talk, or that they may not.
pub const VERDICTS: Told = Told {
    codes: &[ALLOWED, DEPENDS, DENIED],
    usual: &[ALLOWED, DENIED],
};

/// What a change opens: it passes, or may, and did not before.
pub const OPENS: Told = Told {
    codes: &[
        change(DENIED, ALLOWED),
        change(DEPENDS, ALLOWED),
        change(DENIED, DEPENDS),
    ],
    usual: &[],
};

/// What a change closes.
pub const CLOSES: Told = Told {
    codes: &[
        change(ALLOWED, DENIED),
        change(DEPENDS, DENIED),
        change(ALLOWED, DEPENDS),
    ],
    usual: &[],
};

/// The code of a verdict that another one takes the place of. That nothing changes is 0, which
/// no change is.
pub(super) const fn change(before: Code, after: Code) -> Code {
    before | after << PLANES
}

/// The verdicts of a change, before and after.
pub const fn apart(code: Code) -> (Code, Code) {
    (code & 0b11, code >> PLANES)
}

/// The word for a verdict.
pub const fn word(verdict: Code) -> &'static str {
    match verdict {
        ALLOWED => "allowed",
        DENIED => "denied",
        _ => "depends",
    }
}
