//! Inputs, documents, positions.
