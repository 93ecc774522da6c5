//! What to read: paths, a pipe, and how.

use std::path::PathBuf;

/// What to read, and how.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Files, read whatever they are called, and folders, which are walked.
    pub paths: Vec<PathBuf>,
    /// Files and folders that are not read, wherever they lie.
    pub except: Vec<PathBuf>,
    /// What came through the pipe, if it is an input.
    pub stdin: Option<Vec<u8>>,
    /// Whether hidden files and those that `.gitignore` names are read too.
    pub no_ignore: bool,
    /// The namespace of namespaced objects that name none.
    pub namespace: Option<String>,
}

/// Why there is nothing to work on. What is wrong inside readable inputs is a finding instead.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// A path that was named does not lead anywhere, or may not be read.
    #[error("cannot read {path}")]
    Path {
        /// The path as given.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// There are more files or documents than can be counted.
    #[error("more than 4 billion documents")]
    TooMany,
}
