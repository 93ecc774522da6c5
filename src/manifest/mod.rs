//! Inputs, documents, positions: from paths and pipes to Objects that know where they came from.
