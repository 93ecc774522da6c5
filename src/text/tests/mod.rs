//! Tests of the whole layer.

mod quirks;
