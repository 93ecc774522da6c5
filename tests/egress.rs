//! The evidence and the mends of the rules on blocked egress, over sets of manifests.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use portcullis::finding::Report;
use support::manifests::{self, Setting, found, line};

/// What is known beside the manifests, as in the fences of the pages: `datapath=endpoint`.
fn known(words: &str) -> Setting {
    Setting::parse(words.split_whitespace())
}

/// What one rule says of a set of manifests.
fn reports(rule: &str, manifests: &str, setting: Setting) -> Vec<Report> {
    let mut reports = found(manifests, setting);
    reports.retain(|report| report.rule == rule);
    reports
}

/// The same, a line each.
fn lines(rule: &str, manifests: &str, setting: Setting) -> Vec<String> {
    reports(rule, manifests, setting).iter().map(line).collect()
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

/// Applies the mend of the first report, and judges again.
fn mended(rule: &str, manifests: &str, setting: Setting) -> Vec<String> {
    let reports = reports(rule, manifests, setting);
    let mended = manifests::mended(manifests, &reports[0]).unwrap();
    lines(rule, &mended, setting)
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
            let told: Vec<String> = lines(rule, &manifests, Setting::default())
                .into_iter()
                .filter(|line| !line.starts_with("notice"))
                .collect();
            assert_eq!(told, [""; 0]);
        }
    }
}

#[test]
fn an_operator_under_a_default_deny_is_told_and_dns_forgotten_too() {
    let operator = lines(
        API,
        &cluster(&["deploys/5-default-deny", "deploys/5-operator"]),
        Setting::default(),
    );
    assert!(
        operator
            .iter()
            .any(|line| line.starts_with("warning Deployment/refund-operator"))
    );
    let dns = lines(
        DNS,
        &cluster(&["deploys/6-dns-forgotten"]),
        Setting::default(),
    );
    assert!(
        dns.iter()
            .any(|line| line.starts_with("warning Deployment/reports"))
    );
}

#[test]
fn the_mend_admits_the_api_server_whatever_the_policy_has() {
    let system = format!("{}\n---\n{POD}", example("cluster/1-system"));
    for egress in [
        "",
        r#","egress":[]"#,
        r#","egress":null"#,
        r#","egress":[{"ports":[{"port":5432}]}]"#,
    ] {
        assert_eq!(
            mended(
                API,
                &format!("{system}\n---\n{}", policy(egress)),
                known("datapath=endpoint")
            ),
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
    let reports = reports(API, &system, Setting::default());
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
        let set = format!("{system}\n---\n{}", policy(egress));
        let left = mended(DNS, &set, Setting::default());
        assert_eq!(left, [""; 0], "{egress}");
    }
}

#[test]
fn a_platform_tells_the_port_of_the_api_server() {
    let set = format!(
        "{POD}\n---\n{}",
        policy(r#","egress":[{"ports":[{"port":443}]}]"#)
    );
    let on = |words: &str| lines(API, &set, known(words)).len();
    assert_eq!(on("datapath=endpoint"), 0);
    assert_eq!(on("datapath=endpoint platform=eks"), 0);
    assert_eq!(on("datapath=endpoint platform=kubeadm"), 1);
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
        lines(API, &set, Setting::default())[0]
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
