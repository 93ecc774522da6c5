//! The evidence of the rules on blocked egress, over sets of manifests.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use portcullis::cluster::Knowledge;
use portcullis::config::Config;
use portcullis::finding::{Datapath, Platform, Report};
use portcullis::manifest::{Inputs, read};
use portcullis::review::review_set;

/// What one rule says of a set of manifests.
fn reports(rule: &str, manifests: &str, knowledge: Knowledge) -> Vec<Report> {
    let inputs = Inputs {
        stdin: Some(manifests.as_bytes().to_vec()),
        ..Inputs::default()
    };
    let set = read(&inputs, |_, _| {}).unwrap();
    let config = Config {
        only: vec![rule.to_owned()],
        ..Config::default()
    };
    let reports = review_set(&set, &knowledge, &config);
    reports.into_iter().map(|(report, _)| report).collect()
}

/// The same, as the pages write it.
fn lines(rule: &str, manifests: &str, knowledge: Knowledge) -> Vec<String> {
    let reports = reports(rule, manifests, knowledge);
    let mut lines: Vec<String> = reports
        .iter()
        .filter(|report| report.rule == rule)
        .map(|report| {
            let object = report.object.as_ref().unwrap();
            let namespace = object.namespace.as_ref().map(|ns| format!("{ns}/"));
            let (kind, name) = (&object.kind, &object.name);
            let finding = &report.finding;
            let namespace = namespace.unwrap_or_default();
            let (severity, field) = (finding.severity, &finding.field);
            format!(
                "{severity} {kind}/{namespace}{name} {field}: {}",
                finding.message
            )
        })
        .collect();
    lines.sort();
    lines
}

fn example(name: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/");
    std::fs::read_to_string(format!("{root}{name}.yaml")).unwrap()
}

/// The example cluster and some deploys.
fn cluster(more: &[&str]) -> String {
    let base = ["cluster/1-system", "cluster/2-shop", "cluster/3-billing"];
    let all: Vec<String> = base.iter().chain(more).map(|name| example(name)).collect();
    all.join("\n---\n")
}

const API: &str = "api-server-egress-blocked";
const DNS: &str = "dns-egress-blocked";

/// Applies the mend of the only report to the policy that it is about, and judges again.
fn mended(rule: &str, manifests: &str, policy: &str, knowledge: Knowledge) -> Vec<String> {
    let reports = reports(rule, &format!("{manifests}\n---\n{policy}"), knowledge);
    let mend = reports[0].finding.mend.clone().expect("a mend");
    let mut policy: serde_json::Value = serde_json::from_str(policy).unwrap();
    json_patch::patch(&mut policy, &mend.patch).unwrap();
    lines(rule, &format!("{manifests}\n---\n{policy}"), knowledge)
}

fn policy(egress: &str) -> String {
    format!(
        r#"{{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{{"name":"deny",
        "namespace":"till"}},"spec":{{"podSelector":{{}},"policyTypes":["Egress"]{egress}}}}}"#
    )
}

const POD: &str = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"till","namespace":"till"},
"spec":{"automountServiceAccountToken":true,"containers":[{"name":"till","image":"till"}]}}"#;

#[test]
fn the_example_cluster_is_silent_and_so_are_the_mended_deploys() {
    let good = [
        "good/5-default-deny",
        "good/5-operator",
        "good/6-dns-forgotten",
    ];
    for manifests in [cluster(&[]), cluster(&good)] {
        for rule in [API, DNS] {
            let told: Vec<String> = lines(rule, &manifests, Knowledge::default())
                .into_iter()
                .filter(|line| !line.starts_with("notice"))
                .collect();
            assert_eq!(told, [""; 0]);
        }
    }
}

#[test]
fn an_operator_under_a_default_deny_is_told_and_dns_forgotten_too() {
    let known = Knowledge::default();
    let operator = lines(
        API,
        &cluster(&["deploys/5-default-deny", "deploys/5-operator"]),
        known,
    );
    assert!(
        operator
            .iter()
            .any(|line| line.starts_with("warning Deployment/shop/refund-operator"))
    );
    let dns = lines(DNS, &cluster(&["deploys/6-dns-forgotten"]), known);
    assert!(
        dns.iter()
            .any(|line| line.starts_with("warning Deployment/billing/reports"))
    );
}

#[test]
fn the_mend_admits_the_api_server_whatever_the_policy_has() {
    let known = Knowledge {
        datapath: Some(Datapath::Endpoint),
        platform: None,
    };
    let system = format!("{}\n---\n{POD}", example("cluster/1-system"));
    for egress in [
        "",
        r#","egress":[]"#,
        r#","egress":null"#,
        r#","egress":[{"ports":[{"port":5432}]}]"#,
    ] {
        assert_eq!(
            mended(API, &system, &policy(egress), known),
            [""; 0],
            "{egress}"
        );
    }
}

#[test]
fn no_mend_is_offered_where_one_patch_is_not_right_under_every_datapath() {
    let system = format!(
        "{}\n---\n{POD}\n---\n{}",
        example("cluster/1-system"),
        policy("")
    );
    let reports = reports(API, &system, Knowledge::default());
    assert!(reports[0].finding.mend.is_none());
    assert!(
        reports[0]
            .finding
            .help
            .contains("192.168.1.10/32 on TCP 6443")
    );
}

#[test]
fn the_mend_admits_dns_under_every_datapath() {
    let system = format!("{}\n---\n{POD}", example("cluster/1-system"));
    for egress in ["", r#","egress":[{"ports":[{"port":5432}]}]"#] {
        let left = mended(DNS, &system, &policy(egress), Knowledge::default());
        assert_eq!(left, [""; 0], "{egress}");
    }
}

#[test]
fn a_platform_tells_the_port_of_the_api_server() {
    let set = format!(
        "{POD}\n---\n{}",
        policy(r#","egress":[{"ports":[{"port":443}]}]"#)
    );
    let on = |platform| {
        let known = Knowledge {
            datapath: Some(Datapath::Endpoint),
            platform,
        };
        lines(API, &set, known).len()
    };
    assert_eq!(on(None), 0);
    assert_eq!(on(Some(Platform::Eks)), 0);
    assert_eq!(on(Some(Platform::Kubeadm)), 1);
}

#[test]
fn roles_that_every_account_has_are_no_evidence() {
    let binding = |role: &str| {
        format!(
            r#"{{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding",
            "metadata":{{"name":"all"}},"roleRef":{{"kind":"ClusterRole","name":"{role}"}},
            "subjects":[{{"kind":"Group","name":"system:serviceaccounts"}}]}}"#
        )
    };
    let severity = |role: &str| {
        let set = format!("{POD}\n---\n{}\n---\n{}", policy(""), binding(role));
        lines(API, &set, Knowledge::default())[0]
            .split(' ')
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        severity("system:service-account-issuer-discovery"),
        "notice"
    );
    assert_eq!(severity("view"), "warning");
}
