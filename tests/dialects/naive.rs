//! A second reading.
