//! Services that texts name, and what only looks like one.

use crate::object::parse::hosts::hosts;

/// What is found in a text: `web.shop.svc:80 pod`, one after the other.
fn found(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    hosts(text, |host| {
        let namespace = host.namespace.map_or(String::new(), |it| format!(".{it}"));
        let svc = if host.is_full { ".svc" } else { "" };
        let port = host.port.map_or(String::new(), |it| format!(":{it}"));
        let pod = if host.of_pod { " pod" } else { "" };
        all.push(format!("{}{namespace}{svc}{port}{pod}", host.name));
    });
    all
}

#[test]
fn a_url_names_its_host_where_it_has_a_port() {
    assert_eq!(found("http://web:8080/health"), ["web:8080"]);
    assert_eq!(found("--to=grpc://web.shop:80"), ["web.shop:80"]);
    assert_eq!(found("jdbc:postgresql://db:5432/x?user=a"), ["db:5432"]);
    assert_eq!(found("proxy_pass http://web:8080;"), ["web:8080"]);
    assert_eq!(found("url: \"http://web:8080\", b"), ["web:8080"]);
    assert_eq!(found("PLAINTEXT_HOST://kafka:9092"), ["kafka:9092"]);
    assert_eq!(found("http://web/ https://web"), [""; 0]);
}

#[test]
fn a_url_may_have_a_user_and_several_hosts() {
    assert_eq!(found("amqp://user:80@rabbit:5672"), ["rabbit:5672"]);
    assert_eq!(
        found("mongodb://u:p@a:27017,b.db:27018/x?replicaSet=r"),
        ["a:27017", "b.db:27018"]
    );
    assert_eq!(found("http://a:2379,http://b:2379"), ["a:2379", "b:2379"]);
    assert_eq!(found("redis://:$(PASS/@)@redis:6379"), ["redis:6379"]);
    assert_eq!(found("pg://u:{{ .p }}@db:5432"), [""; 0]);
}

#[test]
fn a_full_name_is_found_anywhere_and_with_its_domain() {
    for text in [
        "web.shop.svc:80",
        "x=web.shop.svc.cluster.local:80,y",
        "https://user@web.shop.svc.cluster.local.:80/path",
        "<host>web.shop.svc:80</host>",
        "dns:///web.shop.svc:80",
        "_http._tcp.web.shop.svc:80",
        "s3://web.shop.svc:80",
    ] {
        assert_eq!(found(text), ["web.shop.svc:80"], "{text}");
    }
    assert_eq!(found("--domain web.shop.svc"), ["web.shop.svc"]);
    assert_eq!(found("web.shop.svc:https"), ["web.shop.svc"]);
    assert_eq!(found("a.b.svc,c.d.svc"), ["a.b.svc", "c.d.svc"]);
    assert_eq!(found("db-0.db.shop.svc:5432"), ["db.shop.svc:5432 pod"]);
}

#[test]
fn what_a_template_fills_in_is_not_guessed() {
    for text in [
        "http://$(NAME):8080",
        "http://web-${ENV}:8080",
        "http://{{ .Release.Name }}-web:80",
        "${NAME}web.shop.svc",
        "$(NAME).shop.svc:80",
        "web.{{ .Namespace }}.svc:80",
        "web.$NAMESPACE.svc",
        "%s.shop.svc",
        "*.shop.svc",
        "<release>-web.shop.svc",
        "http://web:80$(PORT)",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
    assert_eq!(found("web.shop.svc:${PORT}"), ["web.shop.svc"]);
    assert_eq!(found("web.shop.svc:80$X"), ["web.shop.svc"]);
    assert_eq!(found("web.shop.svc.${DOMAIN}:80"), ["web.shop.svc"]);
}

#[test]
fn other_names_are_no_services() {
    for text in [
        "http://localhost:8080",
        "http://10.0.0.1:80",
        "http://[::1]:80",
        "http://www.example.com:80",
        "docker://redis:7",
        "web:8080",
        "://web:80",
        "a.b.c.shop.svc",
        "shop.svc",
        "NAME.NAMESPACE.svc:80",
        "web.shop.svc.clusterset.local",
        "web.shop.svc.example.com:80",
        "/etc/web.shop.svc.crt",
        "web.shop.svc-name",
        "web\\.shop\\.svc",
        "http://web:0 http://web:70000 http://web:8x",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn remarks_do_not_count() {
    let text = "# http://a:1\n  // http://a:1\n; a.b.svc\n* a.b.svc\nurl: http://b:2 # http://c:3";
    assert_eq!(found(text), ["b:2"]);
    assert_eq!(found("url: http://b:2 // http://c:3"), ["b:2"]);
}

#[test]
fn the_end_of_a_host_is_where_its_port_begins() {
    let text = "x: 1\nmongodb://u:p@a:27017,bb:27018";
    let mut ends = Vec::new();
    hosts(text, |host| ends.push(text.get(host.end..host.end + 6)));
    assert_eq!(ends, [Some(":27017"), Some(":27018")]);
    let text = "é\nhttps://web.shop.svc.cluster.local:80";
    hosts(text, |host| assert_eq!(text.get(host.end..), Some(":80")));
}

#[test]
fn hostile_texts_take_no_longer_than_others() {
    let start = std::time::Instant::now();
    for part in [
        ".svc", "://", "://${", "a://b", "x.svc.", " #", "a,", "@", "é://",
    ] {
        hosts(&part.repeat(50_000), |_| {});
    }
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}
