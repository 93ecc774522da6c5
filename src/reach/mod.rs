//! May this Flow pass?
