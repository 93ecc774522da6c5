//! Who is surveyed, from the words of the flags.

use anyhow::bail;

use super::Args;
use crate::flows::Scope;
use crate::query::{Asked, Directory, Member, Unfound};

/// Who is meant by the flags.
pub(super) fn of<'a>(args: &Args, directory: &Directory<'a>) -> anyhow::Result<Scope<'a>> {
    let namespace = args.inputs.namespace();
    let from = |words: &str| directory.source(words, namespace);
    let to = |words: &str| directory.destination(words, namespace);
    let scope = Scope {
        from: members(&args.from, directory, from)?,
        to: members(&args.to, directory, to)?,
        ports: ports(args)?,
    };
    if scope.ports.is_empty() {
        let mut named = scope.to.iter().flatten();
        if let Some(Member::Address(address)) =
            named.find(|member| matches!(member, Member::Address(_)))
        {
            bail!("{address} declares no ports; say with --port which one is meant");
        }
    }
    Ok(scope)
}

/// The same where only some of those who are named may be there.
pub(super) fn of_those_there<'a>(
    args: &Args,
    directory: &Directory<'a>,
) -> anyhow::Result<Scope<'a>> {
    let namespace = args.inputs.namespace();
    let there = |words: &[String], destination: bool| {
        if words.is_empty() {
            return None;
        }
        let found = words.iter().flat_map(|words| {
            if let Some(namespace) = words.strip_suffix('/') {
                return of_namespace(namespace, directory);
            }
            let found = if destination {
                directory.destination(words, namespace)
            } else {
                directory.source(words, namespace)
            };
            found.into_iter().collect()
        });
        Some(found.collect())
    };
    Ok(Scope {
        from: there(&args.from, false),
        to: there(&args.to, true),
        ports: ports(args)?,
    })
}

fn ports(args: &Args) -> anyhow::Result<Vec<Asked>> {
    let asked: Result<_, Unfound> = args.port.iter().map(|words| Asked::parse(words)).collect();
    Ok(asked?)
}

/// Those whom several words mean; `None` where there are no words.
fn members<'a>(
    words: &[String],
    directory: &Directory<'a>,
    find: impl Fn(&str) -> Result<Member<'a>, Unfound>,
) -> anyhow::Result<Option<Vec<Member<'a>>>> {
    if words.is_empty() {
        return Ok(None);
    }
    let mut all = Vec::new();
    for words in words {
        let Some(namespace) = words.strip_suffix('/') else {
            all.push(find(words)?);
            continue;
        };
        let found = of_namespace(namespace, directory);
        if found.is_empty() {
            bail!("no pod or Workload is in namespace {namespace}");
        }
        all.extend(found);
    }
    Ok(Some(all))
}

/// Every pod and Workload of a namespace.
fn of_namespace<'a>(namespace: &str, directory: &Directory<'a>) -> Vec<Member<'a>> {
    let inside = |member: &Member<'a>| match member {
        Member::Pods(workload) => workload.meta.namespace() == namespace,
        _ => false,
    };
    directory.members().filter(inside).collect()
}
