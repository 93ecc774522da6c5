//! Listing one source a page at a time, and what it means when that is refused.

use kube::api::ListParams;
use kube::{Api, Client};

use super::Error;
use super::coverage::Reason;
use super::source::Source;
use super::wire::Wire;

/// Objects a page: as many as kubectl asks for.
pub(super) const PAGE: u32 = 500;

/// The API server has forgotten the state that a list began with.
const GONE: u16 = 410;

/// Lists everything of a source, or what there is of it in one namespace, a page at a time.
///
/// # Errors
/// Where a page cannot be had: what was listed until then is not all.
pub async fn list(
    client: &Client,
    source: &Source,
    namespace: Option<&str>,
    mut each: impl FnMut(&Wire),
) -> Result<(), kube::Error> {
    let api: Api<Wire> = match namespace {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, source),
        None => Api::all_with(client.clone(), source),
    };
    let mut page = ListParams::default().limit(PAGE);
    loop {
        page.continue_token = match api.list(&page).await {
            Ok(list) => {
                list.items.iter().for_each(&mut each);
                list.metadata.continue_.filter(|token| !token.is_empty())
            }
            // With it comes a token to go on from where the list was, in the state of now.
            Err(kube::Error::Api(status)) if status.code == GONE => {
                let token = status
                    .metadata
                    .as_ref()
                    .and_then(|meta| meta.continue_.clone());
                Some(token.ok_or(kube::Error::Api(status))?)
            }
            Err(error) => return Err(error),
        };
        if page.continue_token.is_none() {
            return Ok(());
        }
    }
}

/// Why a source cannot be listed, where the API server is there and says so.
///
/// # Errors
/// Where the API server cannot be reached or does not know who asks.
pub(super) async fn reason(
    client: &Client,
    source: &Source,
    error: kube::Error,
) -> Result<Reason, Error> {
    let kube::Error::Api(status) = error else {
        return Err(Error::Unreached(error.into()));
    };
    Ok(match status.code {
        401 => return Err(Error::Unauthorized(status.message)),
        // What is not served is forbidden too to those who may not list it.
        403 if is_absent(client, source).await => Reason::Absent,
        403 => Reason::Forbidden,
        404 => Reason::Absent,
        _ => Reason::Failed(status.message),
    })
}

/// Whether the API server says, to anyone who may connect, that it does not serve a resource.
async fn is_absent(client: &Client, source: &Source) -> bool {
    if source.group.is_empty() {
        return false;
    }
    match client.list_api_group_resources(&source.api_version()).await {
        Ok(served) => !served.resources.iter().any(|it| *it.name == *source.plural),
        Err(kube::Error::Api(status)) => status.code == 404,
        Err(_) => false,
    }
}
