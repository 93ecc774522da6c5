//! Connecting to a cluster as kubectl does: by kubeconfig, or as the account of a pod.

use std::path::PathBuf;

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use super::Error;
use crate::certs;

/// Which cluster is meant.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The kubeconfig; without it `KUBECONFIG`, then `~/.kube/config`, then the account of the pod
    /// that this process runs in.
    pub kubeconfig: Option<PathBuf>,
    /// The kubeconfig's context, where it is not the current one.
    pub context: Option<String>,
}

/// A client of the cluster that is meant. It connects with the first request.
///
/// # Errors
/// Where there is no kubeconfig and this is no pod, or what there is cannot be used.
pub async fn connect(access: &Access) -> Result<Client, Error> {
    client(config(access).await?)
}

/// A client as `config` says.
pub(super) fn client(config: Config) -> Result<Client, Error> {
    // kube has no parameter for it: who came first has chosen, and chose the same one.
    let _ = certs::provider().as_ref().clone().install_default();
    Client::try_from(config).map_err(|error| Error::Client(error.into()))
}

/// How the cluster that is meant is reached.
pub(super) async fn config(access: &Access) -> Result<Config, Error> {
    let options = KubeConfigOptions {
        context: access.context.clone(),
        ..KubeConfigOptions::default()
    };
    if let Some(path) = &access.kubeconfig {
        let kubeconfig = Kubeconfig::read_from(path)?;
        return Ok(Config::from_custom_kubeconfig(kubeconfig, &options).await?);
    }
    match Config::from_kubeconfig(&options).await {
        Ok(config) => Ok(config),
        Err(error) if access.context.is_some() => Err(error.into()),
        Err(error) => Config::incluster().map_err(|_| Error::NoCluster(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_CONTEXTS: &str = r#"
apiVersion: v1
kind: Config
current-context: one
contexts:
- {name: one, context: {cluster: one, user: someone}}
- {name: two, context: {cluster: two, user: someone, namespace: shop}}
clusters:
- {name: one, cluster: {server: "https://one.example:6443"}}
- {name: two, cluster: {server: "https://two.example:6443"}}
users:
- {name: someone, user: {token: secret}}
"#;

    async fn config_of(context: Option<&str>) -> Result<Config, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        std::fs::write(&path, TWO_CONTEXTS).unwrap();
        let access = Access {
            kubeconfig: Some(path),
            context: context.map(str::to_owned),
        };
        config(&access).await
    }

    #[tokio::test]
    async fn the_current_context_counts_unless_another_is_named() {
        let one = config_of(None).await.unwrap();
        assert_eq!(one.cluster_url, "https://one.example:6443/");
        let two = config_of(Some("two")).await.unwrap();
        assert_eq!(two.cluster_url, "https://two.example:6443/");
        assert_eq!(two.default_namespace, "shop");
        assert!(client(two).is_ok());
    }

    #[tokio::test]
    async fn a_context_that_is_not_there_is_an_error() {
        let error = config_of(Some("three")).await.unwrap_err();
        assert!(matches!(error, Error::Kubeconfig(_)), "{error:?}");
    }
}
