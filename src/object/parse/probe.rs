//! Probes and lifecycle hooks: which ports they name or mention.

use serde::Deserialize;

use super::evidence::Seen;
use super::names::{Port, port_or_name};
use super::problems::{At, Problems};
use super::wire::{Int, IntOrStr, List, Nested, Str};
use crate::object::PortReference;

/// What a container's probes and hooks are read into.
pub(super) struct Watch<'w> {
    /// Numbers.
    pub(super) seen: &'w mut Seen,
    /// Names.
    pub(super) references: &'w mut Vec<PortReference>,
    /// What the API server would refuse.
    pub(super) problems: &'w mut Problems,
}

/// A probe or a hook as it is written.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
pub(super) struct RawProbe<'a> {
    #[serde(borrow)]
    http_get: Option<Nested<RawAction<'a>>>,
    tcp_socket: Option<Nested<RawAction<'a>>>,
    grpc: Option<Nested<RawGrpc>>,
    exec: Nested<RawExec<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawAction<'a> {
    #[serde(borrow)]
    port: IntOrStr<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawGrpc {
    port: Option<Int>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawExec<'a> {
    #[serde(borrow)]
    command: List<Str<'a>>,
}

/// `lifecycle` as it is written.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
pub(super) struct RawLifecycle<'a> {
    #[serde(borrow)]
    post_start: Option<Nested<RawProbe<'a>>>,
    pre_stop: Option<Nested<RawProbe<'a>>>,
}

impl RawLifecycle<'_> {
    /// Reads both hooks.
    pub(super) fn watch(&self, at: &At<'_>, watch: &mut Watch<'_>) {
        let hooks = [("postStart", &self.post_start), ("preStop", &self.pre_stop)];
        for (key, hook) in hooks {
            if let Some(hook) = hook {
                hook.watch(&at.key(key), watch);
            }
        }
    }
}

impl RawProbe<'_> {
    /// Reads the ports that it names or mentions.
    pub(super) fn watch(&self, at: &At<'_>, watch: &mut Watch<'_>) {
        let actions = [("httpGet", &self.http_get), ("tcpSocket", &self.tcp_socket)];
        for (key, action) in actions {
            if let Some(action) = action {
                let at = at.key(key);
                watch.port(&action.port, &at.key("port"));
            }
        }
        if let Some(grpc) = &self.grpc {
            let at = at.key("grpc");
            watch.port(
                &IntOrStr::Int(grpc.port.unwrap_or_default().0),
                &at.key("port"),
            );
        }
        for text in &self.exec.command {
            watch.seen.text(text);
        }
    }
}

impl Watch<'_> {
    fn port(&mut self, port: &IntOrStr<'_>, at: &At<'_>) {
        match port_or_name("port", port, at, self.problems) {
            Some(Port::Number(number)) => self.seen.number(number),
            Some(Port::Name(name)) => self.references.push(PortReference {
                name: name.into(),
                at: at.path(),
            }),
            None => {}
        }
    }
}
