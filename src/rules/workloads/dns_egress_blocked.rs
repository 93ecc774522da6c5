//! `dns-egress-blocked`: policies leave pods no way to the cluster's DNS.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::cluster::View;
use crate::finding::{Finding, Severity};
use crate::object::{DnsPolicy, Of, Template, Workload};
use crate::policy::{
    Action, Direction, Entity, NAMESPACE_NAME_LABEL, Peer, Peers, Policy, Port, PortMatch, Ports,
    Protocol,
};
use crate::reach::{Dns, Egress, Reached, dns, names_api_server};
use crate::rules::blocked::{Blocked, differs_by_label};
use crate::rules::writing::Writing;
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "dns-egress-blocked",
    page: include_str!("dns_egress_blocked.md"),
    check: Check::Workload(check),
    gathers: "blocks DNS egress of",
};

fn check(workload: Of<'_, Workload>, view: View<'_>) -> Vec<Finding> {
    let namespace = workload.meta.namespace();
    let templates = workload.body.templates();
    templates
        .filter_map(|template| of_template(namespace, template, view))
        .collect()
}

fn of_template(namespace: &str, template: &Template, view: View<'_>) -> Option<Finding> {
    let egress = Egress::of(namespace, template, view)?;
    let known = Dns::of(view);
    let over = |protocol| Blocked::of(&dns(&egress, &template.spec, protocol, &known, view));
    let (blocked, protocol) = match over(Protocol::Udp) {
        Some(blocked) => (blocked, Protocol::Udp),
        None => (over(Protocol::Tcp)?, Protocol::Tcp),
    };
    if differs_by_label(namespace, &template.labels, Direction::Egress, view) {
        return None;
    }
    let severity = match protocol {
        Protocol::Udp if names_things(&egress) => Severity::Warning,
        _ => Severity::Notice,
    };
    let asks_cluster = template.spec.dns_policy != DnsPolicy::None;
    let whom = if asks_cluster {
        "cluster DNS"
    } else {
        "its nameservers"
    };
    let over_tcp = if protocol == Protocol::Tcp {
        " over TCP"
    } else {
        ""
    };
    let what = format!("cannot reach {whom}{over_tcp}");
    let destination = format!("it on {protocol} 53");
    let finding = blocked.finding(severity, &template.at, &what, &destination);
    if !asks_cluster {
        return Some(finding.help("admit egress to its nameservers on UDP and TCP 53"));
    }
    let rules = |writing| rule(&known, writing).into_iter().collect();
    let mend = blocked.mend(rules, &egress, |egress| {
        let mut all = dns(egress, &template.spec, Protocol::Udp, &known, view);
        all.extend(dns(egress, &template.spec, Protocol::Tcp, &known, view));
        all.iter().all(|reach| reach.reached == Reached::Yes)
    });
    let mend = mend.or_else(|| {
        let service = known.service?.meta;
        blocked.mend_by_service((service.namespace(), service.name()), &egress, |egress| {
            let mut all = dns(egress, &template.spec, Protocol::Udp, &known, view);
            all.extend(dns(egress, &template.spec, Protocol::Tcp, &known, view));
            all.iter().all(|reach| reach.reached == Reached::Yes)
        })
    });
    Some(finding.help(help(&known)).mend(mend))
}

/// Whether anything is let out that pods go to by name: other pods, what is outside, or anything
/// at all. Whoever admits only addresses, the API server or nothing may well do without DNS.
fn names_things(egress: &Egress<'_>) -> bool {
    let isolates = |policy: &Of<'_, Policy>| policy.isolates(Direction::Egress);
    let named = |peer: &Peer| match peer {
        Peer::Pods { set, .. } => !names_api_server(set, egress.namespace),
        Peer::Elsewhere(_) | Peer::Backends { .. } => true,
        Peer::Entities(entities) => entities.contains(&Entity::World),
        // Clients of the API server dial its address, which every pod is given.
        Peer::Service { namespace, name } => {
            (namespace.as_deref(), &**name) != (Some("default"), "kubernetes")
        }
        Peer::Net { .. }
        | Peer::Network(_)
        | Peer::Nodes(_)
        | Peer::Sets { .. }
        | Peer::AllOf(_)
        | Peer::Not(_)
        | Peer::Subject(_) => false,
    };
    // Where only some rule denies, everything else is let out.
    let mut admitting = egress.rules().filter(|rule| rule.action == Action::Allow);
    !egress.policies.iter().any(isolates)
        || admitting.any(|rule| match &rule.peers {
            Peers::Any => !means_api_server(&rule.ports),
            peers @ Peers::OneOf(_) => peers.every().into_iter().any(named),
        })
}

/// Whether ports are those of the API server, which nothing else listens on as a rule.
fn means_api_server(ports: &Ports) -> bool {
    const PORTS: [u16; 3] = [6443, 6444, 16443];
    let is = |port: &Port| matches!(&port.matches, PortMatch::Range { first, last, .. } if first == last && PORTS.contains(first));
    matches!(ports, Ports::OneOf(ports) if ports.iter().all(is))
}

fn help(known: &Dns<'_>) -> String {
    let Some(service) = known.service.filter(|it| !it.selector.is_empty()) else {
        return "admit egress to the DNS pods (k8s-app=kube-dns in kube-system; in OpenShift \
                namespace openshift-dns, port 5353) on UDP and TCP 53"
            .to_owned();
    };
    let labels: Vec<String> = service
        .selector
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let (labels, namespace) = (labels.join(","), service.meta.namespace());
    let ports: Vec<String> = targets(known)
        .into_iter()
        .map(|(protocol, port)| format!("{protocol} {port}"))
        .collect();
    let ports = if ports.is_empty() {
        "UDP and TCP 53".to_owned()
    } else {
        ports.join(" and ")
    };
    format!("admit egress to the pods {labels} of namespace {namespace} on {ports}")
}

/// Where the DNS pods in view listen.
fn targets(known: &Dns<'_>) -> BTreeSet<(Protocol, u16)> {
    let protocols = [Protocol::Udp, Protocol::Tcp].into_iter();
    protocols
        .flat_map(|protocol| {
            let pods = known.pods.iter();
            pods.flat_map(move |pod| {
                let ports = known.targets(&pod.body.template.spec, protocol);
                ports.into_iter().map(move |port| (protocol, port))
            })
        })
        .collect()
}

/// The egress rule that admits the DNS pods, where they are in view.
pub(crate) fn rule(known: &Dns<'_>, writing: Writing) -> Option<Value> {
    let service = known.service.filter(|it| !it.selector.is_empty())?;
    let ports: Vec<(&str, u16)> = targets(known)
        .into_iter()
        .rev()
        .map(|(protocol, port)| (protocol.as_str(), port))
        .collect();
    if ports.is_empty() {
        return None;
    }
    let labels: Map<String, Value> = service
        .selector
        .iter()
        .map(|(key, value)| (key.to_owned(), value.into()))
        .collect();
    let namespace = service.meta.namespace();
    let selectors = json!({
        "namespaceSelector": { "matchLabels": { NAMESPACE_NAME_LABEL: namespace } },
        "podSelector": { "matchLabels": labels },
    });
    let to = match writing {
        Writing::Networking => json!([selectors]),
        Writing::Tiered { .. } => json!([{ "pods": selectors }]),
        Writing::Cilium => {
            let mut labels = labels;
            let own = "k8s:io.kubernetes.pod.namespace".to_owned();
            labels.insert(own, namespace.into());
            json!([{ "matchLabels": labels }])
        }
        // Calico names the Service.
        Writing::Calico => return None,
    };
    Some(writing.rule(&to, &ports))
}
