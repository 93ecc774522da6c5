//! One container of a pod.

use std::collections::HashSet;

use serde::Deserialize;

use super::evidence::Seen;
use super::names::{dns_label_flaw, port, port_name_flaw, port_number, protocol};
use super::probe::{RawLifecycle, RawProbe, Watch};
use super::problems::{At, Problems};
use super::volume::RawConfigMapRef;
use super::wire::{Int, List, Nested, Str, given};
use crate::object::{Container, ContainerPort, ContainerRole};

/// A container as it is written.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
pub(super) struct RawContainer<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
    restart_policy: Option<Str<'a>>,
    command: List<Str<'a>>,
    args: List<Str<'a>>,
    env: List<Nested<RawEnv<'a>>>,
    env_from: List<Nested<RawEnvFrom<'a>>>,
    ports: List<Nested<RawPort<'a>>>,
    liveness_probe: Option<Nested<RawProbe<'a>>>,
    readiness_probe: Option<Nested<RawProbe<'a>>>,
    startup_probe: Option<Nested<RawProbe<'a>>>,
    lifecycle: Nested<RawLifecycle<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawEnv<'a> {
    #[serde(borrow)]
    value: Option<Str<'a>>,
    value_from: Nested<RawValueFrom<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawValueFrom<'a> {
    #[serde(borrow)]
    config_map_key_ref: Option<Nested<RawConfigMapRef<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawEnvFrom<'a> {
    #[serde(borrow)]
    config_map_ref: Option<Nested<RawConfigMapRef<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawPort<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
    container_port: Option<Int>,
    host_port: Option<Int>,
    protocol: Option<Str<'a>>,
}

impl RawContainer<'_> {
    /// Checks its name, which no other container of the pod may have.
    pub(super) fn check_name<'s>(
        &'s self,
        names: &mut HashSet<&'s str>,
        at: &At<'_>,
        problems: &mut Problems,
    ) {
        let Some(name) = given(self.name.as_ref()) else {
            problems.add(at, "name is missing");
            return;
        };
        if let Some(flaw) = dns_label_flaw(name) {
            problems.add(at, format!("name {name:?} is not valid: {flaw}"));
        }
        if !names.insert(name) {
            problems.add(at, format!("name {name:?} is given to two containers"));
        }
    }

    /// Adds the `ConfigMaps` that its environment takes.
    pub(super) fn config_maps(&self, names: &mut Vec<Box<str>>) {
        let keys = self
            .env
            .iter()
            .map(|env| &env.value_from.config_map_key_ref);
        let whole = self.env_from.iter().map(|from| &from.config_map_ref);
        for map in keys.chain(whole).flatten() {
            map.add_to(names);
        }
    }

    /// What rules read.
    pub(super) fn read(
        &self,
        role: ContainerRole,
        on_host: bool,
        at: &At<'_>,
        problems: &mut Problems,
    ) -> Container {
        let mut seen = Seen::default();
        self.see(at, &mut seen);
        let always = self.restart_policy.as_deref() == Some("Always");
        let ports = self.ports(on_host, &at.key("ports"), &mut seen, problems);
        let mut references = Vec::new();
        let mut watch = Watch {
            seen: &mut seen,
            references: &mut references,
            problems,
        };
        let probes = [
            ("livenessProbe", &self.liveness_probe),
            ("readinessProbe", &self.readiness_probe),
            ("startupProbe", &self.startup_probe),
        ];
        for (key, probe) in probes {
            if let Some(probe) = probe {
                probe.watch(&at.key(key), &mut watch);
            }
        }
        self.lifecycle.watch(&at.key("lifecycle"), &mut watch);
        Container {
            name: self.name.as_deref().unwrap_or_default().into(),
            at: at.path(),
            role: if always { ContainerRole::Running } else { role },
            ports,
            references,
            mentions: seen.into_mentions(),
        }
    }

    /// Looks at what its program is told: command, arguments and environment.
    fn see(&self, at: &At<'_>, seen: &mut Seen) {
        for (key, list) in [("command", &self.command), ("args", &self.args)] {
            let at = at.key(key);
            for (index, text) in list.iter().enumerate() {
                seen.text_at(text, &at.index(index));
            }
        }
        let at = at.key("env");
        for (index, env) in self.env.iter().enumerate() {
            if let Some(value) = &env.value {
                seen.text_at(value, &at.index(index).key("value"));
            }
        }
    }

    fn ports(
        &self,
        on_host: bool,
        at: &At<'_>,
        seen: &mut Seen,
        problems: &mut Problems,
    ) -> Vec<ContainerPort> {
        let mut names = HashSet::new();
        let mut ports = Vec::with_capacity(self.ports.len());
        for (index, raw) in self.ports.iter().enumerate() {
            let at = at.index(index);
            if let Some(name) = given(raw.name.as_ref())
                && !names.insert(name)
            {
                problems.add(&at.key("name"), format!("name {name:?} is given twice"));
            }
            raw.host_port(on_host, &at.key("hostPort"), seen, problems);
            ports.extend(raw.read(index, &at, problems));
        }
        ports
    }
}

impl RawPort<'_> {
    fn read(&self, index: usize, at: &At<'_>, problems: &mut Problems) -> Option<ContainerPort> {
        let number = port(
            "containerPort",
            self.container_port,
            &at.key("containerPort"),
            problems,
        );
        let protocol = protocol(self.protocol.as_ref(), at, problems);
        let name = given(self.name.as_ref());
        let flaw = name.and_then(port_name_flaw);
        if let Some(flaw) = flaw {
            let name = name.unwrap_or_default();
            problems.add(
                &at.key("name"),
                format!("name {name:?} is not valid: {flaw}"),
            );
        }
        Some(ContainerPort {
            index,
            name: name.map(Into::into),
            number: number?,
            protocol: protocol?,
        })
    }

    fn host_port(&self, on_host: bool, at: &At<'_>, seen: &mut Seen, problems: &mut Problems) {
        let Some(Int(number)) = self.host_port.filter(|Int(number)| *number != 0) else {
            return;
        };
        if let Some(number) = port_number(number) {
            seen.number(number);
        } else {
            let message = format!("hostPort {number} is not between 1 and 65535");
            problems.add(at, message);
        }
        if on_host && self.container_port != Some(Int(number)) {
            let message =
                format!("hostPort {number} is not the containerPort, and hostNetwork is true");
            problems.add(at, message);
        }
    }
}
