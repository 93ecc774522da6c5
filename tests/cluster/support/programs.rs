//! The programs of a control plane: where they are, or what to install.

use std::path::{Path, PathBuf};

/// A program from `KUBEBUILDER_ASSETS` or from `make control-plane`; else what to do about it.
pub(crate) fn program(name: &str) -> Result<PathBuf, String> {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/control-plane");
    let installed = std::env::var_os("KUBEBUILDER_ASSETS").map(PathBuf::from);
    installed
        .into_iter()
        .chain([built])
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .ok_or_else(|| {
            format!(
                "{name} is missing: run `make control-plane`, which needs Go 1.26 or later, \
                 or set KUBEBUILDER_ASSETS to a folder that holds it"
            )
        })
}
