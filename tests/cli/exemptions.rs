//! What somebody asked not to be told: by annotation and by comment.

use serde_json::Value;

use crate::{folder, run};

/// A Service that names a port its pods do not have, and a line of its annotations.
fn set(annotations: &str, port: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\n  annotations: {{{annotations}}}\nspec:\n  selector: {{app: web}}\n  ports:\n    - port: 80\n      {port}\n---\napiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: shop, labels: {{app: web}}}}\nspec: {{containers: [{{name: web, ports: [{{name: http, containerPort: 8080}}]}}]}}\n"
    )
}

const WRONG: &str = "targetPort: grpc";

fn summary(text: &str) -> (Value, Value) {
    let json: Value = serde_json::from_str(text).unwrap();
    (json["summary"].clone(), json["findings"].clone())
}

fn check(set: &str, args: &[&str]) -> (i32, String) {
    let here = folder(&[("a.yaml", set)]);
    let (code, out, err) = run(here.path(), &[&["check", "a.yaml"], args].concat());
    assert_eq!(err, "");
    (code, out)
}

#[test]
fn an_annotation_of_the_object_leaves_its_findings_out_and_counts_them() {
    let (code, _) = check(&set("", WRONG), &[]);
    assert_eq!(code, 1);
    let ignoring = set("portcullis.dev/ignore: target-port-name-not-found", WRONG);
    let (code, out) = check(&ignoring, &[]);
    assert_eq!(
        (code, out.as_str()),
        (0, "no findings in 2 objects (1 file), 1 ignored\n")
    );
    let (code, out) = check(&ignoring, &["-o", "json"]);
    let (summary, findings) = summary(&out);
    assert_eq!((code, summary["ignored"].as_u64()), (0, Some(1)));
    assert_eq!(findings.as_array().map(Vec::len), Some(0), "{out}");
}

#[test]
fn show_ignored_lists_what_is_hidden_and_why() {
    let ignoring = set(
        "portcullis.dev/ignore: target-port-name-not-found, portcullis.dev/ignore-reason: it comes next week",
        WRONG,
    );
    let (code, out) = check(&ignoring, &["--show-ignored"]);
    assert_eq!(code, 0, "{out}");
    for part in [
        "ignored[target-port-name-not-found]: Service shop/web: ",
        "ignored by the annotation of Service shop/web: it comes next week",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let (_, out) = check(&ignoring, &["--show-ignored", "-o", "json"]);
    let json: Value = serde_json::from_str(&out).unwrap();
    let ignored = &json["ignored"][0];
    assert_eq!(ignored["rule"], "target-port-name-not-found");
    assert_eq!(ignored["ignored"]["by"]["name"], "web");
    assert_eq!(ignored["ignored"]["reason"], "it comes next week");
}

#[test]
fn a_namespace_exempts_what_is_in_it_and_a_cause_exempts_nothing() {
    let namespace = |annotation: &str| {
        format!(
            "{}---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: shop, annotations: {{{annotation}}}}}\n",
            set("", WRONG)
        )
    };
    let (code, _) = check(
        &namespace("portcullis.dev/ignore: target-port-name-not-found"),
        &[],
    );
    assert_eq!(code, 0);
    let on_the_pod = set("", WRONG).replace(
        "labels: {app: web}}",
        "labels: {app: web}, annotations: {portcullis.dev/ignore: target-port-name-not-found}}",
    );
    let (code, out) = check(&on_the_pod, &["--show", "notice"]);
    assert_eq!(code, 1);
    assert!(
        out.contains("notice[ignore-unused]: Pod shop/web: "),
        "{out}"
    );
}

#[test]
fn an_exemption_ends_with_its_last_day() {
    let until = |day: &str| {
        set(
            &format!(
                "portcullis.dev/ignore: target-port-name-not-found, portcullis.dev/ignore-until: \"{day}\""
            ),
            WRONG,
        )
    };
    assert_eq!(check(&until("2999-12-31"), &[]).0, 0);
    let (code, out) = check(&until("2020-02-29"), &["--show", "notice"]);
    assert_eq!(code, 1);
    assert!(
        out.contains("notice[ignore-unused]: Service shop/web: ended on 2020-02-29"),
        "{out}"
    );
    let (code, out) = check(&until("tomorrow"), &[]);
    assert_eq!(code, 1);
    assert!(out.contains("warning[ignore-until-invalid]"), "{out}");
    assert!(out.contains("error[target-port-name-not-found]"), "{out}");
}

#[test]
fn a_comment_on_or_above_the_line_leaves_out_what_stands_there() {
    for port in [
        "targetPort: grpc # portcullis: ignore[target-port-name-not-found] next week",
        "# portcullis: ignore[target-port-name-not-found]\n      # and more words\n      targetPort: grpc",
    ] {
        let (code, out) = check(&set("", port), &[]);
        assert_eq!(
            (code, out.as_str()),
            (0, "no findings in 2 objects (1 file), 1 ignored\n"),
            "{port}"
        );
    }
    let (_, out) = check(
        &set(
            "",
            "targetPort: grpc # portcullis: ignore[target-port-name-not-found] next week",
        ),
        &["--show-ignored"],
    );
    assert!(
        out.contains("ignored by the comment at a.yaml:11: next week"),
        "{out}"
    );
    let elsewhere = set("", WRONG).replace(
        "spec:\n",
        "spec: # portcullis: ignore[target-port-name-not-found]\n",
    );
    let (code, out) = check(&elsewhere, &["--show", "notice"]);
    assert_eq!(code, 1);
    assert!(out.contains("notice[ignore-unused]"), "{out}");
}

#[test]
fn a_name_that_no_rule_has_is_a_finding_with_the_name_that_was_meant() {
    for set in [
        set(
            "portcullis.dev/ignore: target-port-name-not-fond",
            "targetPort: http",
        ),
        set(
            "",
            "targetPort: http # portcullis: ignore[target-port-name-not-fond]",
        ),
    ] {
        let (code, out) = check(&set, &[]);
        assert_eq!(code, 1);
        assert!(out.contains("warning[ignore-unknown-rule]"), "{out}");
        assert!(
            out.contains("did you mean target-port-name-not-found?"),
            "{out}"
        );
    }
}

#[test]
fn audit_honours_annotations_too() {
    let ignoring = set("portcullis.dev/ignore: target-port-name-not-found", WRONG);
    let here = folder(&[("cluster.yaml", &ignoring)]);
    let (code, out, _) = run(here.path(), &["audit", "--snapshot", "cluster.yaml"]);
    assert_eq!(
        (code, out.as_str()),
        (0, "no findings in 2 objects, 1 ignored\n")
    );
    let args = ["audit", "--snapshot", "cluster.yaml", "--show-ignored"];
    let (_, out, _) = run(here.path(), &args);
    assert!(
        out.contains("ignored by the annotation of Service shop/web"),
        "{out}"
    );
}
