//! `api-server-egress-blocked`: policies leave a client of the API server no way to it.

use std::collections::BTreeMap;

use ipnet::IpNet;
use serde_json::{Value, json};

use crate::cluster::View;
use crate::finding::{Datapath, Finding, Severity};
use crate::object::{Of, Template, Workload};
use crate::policy::Direction;
use crate::reach::{Egress, Endpoints, Reached, api_server, endpoints};
use crate::rules::api_client::{Client, client};
use crate::rules::blocked::{Blocked, differs_by_label};
use crate::rules::writing::Writing;
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "api-server-egress-blocked",
    page: include_str!("api_server_egress_blocked.md"),
    check: Check::Workload(check),
    gathers: "blocks API-server egress of",
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
    let known = endpoints(view);
    let blocked = Blocked::of(&api_server(&egress, &known, view))?;
    let client = client(namespace, &template.spec, view);
    if client == Client::No
        || differs_by_label(namespace, &template.labels, Direction::Egress, view)
    {
        return None;
    }
    let severity = match client {
        Client::Yes => Severity::Warning,
        Client::HasToken | Client::No => Severity::Notice,
    };
    let (what, destination) = words(&blocked, client);
    let finding = blocked.finding(severity, &template.at, &what, destination);
    let mend = blocked.mend(
        |writing| rules(&known, writing),
        &egress,
        |egress| {
            let all = api_server(egress, &known, view);
            all.iter().all(|reach| reach.reached == Reached::Yes)
        },
    );
    let mend = mend.or_else(|| {
        blocked.mend_by_service(("default", "kubernetes"), &egress, |egress| {
            let all = api_server(egress, &known, view);
            all.iter().all(|reach| reach.reached == Reached::Yes)
        })
    });
    let needless = match client {
        Client::HasToken => "; if it never asks, set automountServiceAccountToken: false",
        Client::Yes | Client::No => "",
    };
    let help = help(&known, view.datapaths());
    let by_service = blocked.help_by_service(("default", "kubernetes"));
    let help = by_service.unwrap_or(help);
    Some(finding.help(format!("{help}{needless}")).mend(mend))
}

fn words(blocked: &Blocked<'_>, client: Client) -> (String, &'static str) {
    match (blocked.partly, client) {
        (Some((reached, of)), _) => (
            format!("reaches {reached} of {of} API-server endpoints"),
            "the others",
        ),
        (None, Client::HasToken) => (
            "cannot reach the API server, and has a token for it".to_owned(),
            "it",
        ),
        (None, Client::Yes | Client::No) => ("cannot reach the API server".to_owned(), "it"),
    }
}

/// What admits the API server, under the datapaths in question.
fn help(known: &Endpoints, datapaths: &[Datapath]) -> String {
    let mut places: Vec<String> = known
        .service
        .iter()
        .map(|address| (*address, known.service_port))
        .chain(known.endpoints.iter().copied())
        .map(|(address, port)| format!("{} on TCP {port}", IpNet::from(address)))
        .collect();
    if known.service.is_empty() {
        let service = format!(
            "the address of Service default/kubernetes on TCP {}",
            known.service_port
        );
        places.insert(0, service);
    }
    if known.endpoints.is_empty() {
        places.push("the addresses and port of its endpoints".to_owned());
    }
    let admit = format!("admit egress to {}", places.join(" and "));
    match datapaths {
        [Datapath::Cilium | Datapath::CiliumNodes] | [Datapath::Cilium, Datapath::CiliumNodes] => {
            "admit it in a CiliumNetworkPolicy with toEntities: [kube-apiserver]".to_owned()
        }
        many if many.contains(&Datapath::Cilium) => {
            format!("{admit}; with Cilium by toEntities: [kube-apiserver]")
        }
        _ => admit,
    }
}

/// The egress rules that admit the API server: by its own name where the dialect has one, or by
/// its addresses, one a port; none where not all of them are known.
pub(crate) fn rules(known: &Endpoints, writing: Writing) -> Vec<Value> {
    if writing == Writing::Cilium {
        return vec![json!({ "toEntities": ["kube-apiserver"] })];
    }
    if writing == Writing::Calico {
        // Calico names the Service, which needs no address.
        return Vec::new();
    }
    let mut by_port: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    if known.endpoints.is_empty() || known.service.is_empty() {
        return Vec::new();
    }
    let service = known.service.iter();
    let places = service
        .map(|address| (*address, known.service_port))
        .chain(known.endpoints.iter().copied());
    for (address, port) in places {
        let block = IpNet::from(address).to_string();
        by_port.entry(port).or_default().push(block);
    }
    let rule = |(port, blocks): (u16, Vec<String>)| {
        let to = match writing {
            Writing::Tiered { .. } => json!([{ "networks": blocks }]),
            Writing::Networking | Writing::Cilium | Writing::Calico => blocks
                .into_iter()
                .map(|block| json!({ "ipBlock": { "cidr": block } }))
                .collect(),
        };
        writing.rule(&to, &[("TCP", port)])
    };
    by_port.into_iter().map(rule).collect()
}
