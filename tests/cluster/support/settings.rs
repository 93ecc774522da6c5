//! What a control plane is told: its keys, accounts and flags.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use rcgen::KeyPair;

use super::keys::Authority;

/// The user who may do everything.
pub(crate) const ADMIN: &str = "admin";

/// The name in the certificate that kube-apiserver shows to webhooks that ask for one.
pub(crate) const CALLER: &str = "kube-apiserver";

/// The controllers that make pods, addresses and accounts, and take apart what is deleted.
pub(crate) const CONTROLLERS: [&str; 12] = [
    "cronjob-controller",
    "daemonset-controller",
    "deployment-controller",
    "endpointslice-controller",
    "garbage-collector-controller",
    "job-controller",
    "namespace-controller",
    "replicaset-controller",
    "replicationcontroller-controller",
    "root-ca-certificate-publisher-controller",
    "serviceaccount-controller",
    "statefulset-controller",
];

/// Users, their groups, and the token of each, which is its name.
const USERS: [(&str, &str); 2] = [
    (ADMIN, "system:masters"),
    ("system:kube-controller-manager", ""),
];

/// Writes everything that flags name.
pub(super) fn write(folder: &Path, port: u16) {
    let authority = Authority::new("control plane");
    let names = ["127.0.0.1", "localhost", "kubernetes.default.svc"];
    authority.server(&names).write(folder, "server");
    authority.client(CALLER).write(folder, "caller");
    let here = folder.display().to_string();
    let put = |name: &str, text: &str| {
        fs::write(folder.join(name), text.replace("FOLDER", &here)).unwrap();
    };
    let accounts = KeyPair::generate().unwrap();
    put("accounts.key", &accounts.serialize_pem());
    put("accounts.pub", &accounts.public_key_pem());
    put("ca.crt", &authority.pem());
    let mut tokens = String::new();
    for (user, groups) in USERS {
        writeln!(tokens, "{user},{user},{user},\"{groups}\"").unwrap();
        let kubeconfig = kubeconfig(port, user);
        put(&format!("{user}.kubeconfig"), &kubeconfig);
    }
    put("tokens.csv", &tokens);
    put("admission.yaml", ADMISSION);
    put("caller.kubeconfig", CALLER_KUBECONFIG);
    put("egress.yaml", EGRESS);
}

fn kubeconfig(port: u16, user: &str) -> String {
    format!(
        "apiVersion: v1
kind: Config
current-context: test
contexts: [{{name: test, context: {{cluster: test, user: test}}}}]
clusters:
- name: test
  cluster: {{server: 'https://127.0.0.1:{port}', certificate-authority: 'FOLDER/ca.crt'}}
users: [{{name: test, user: {{token: '{user}'}}}}]
"
    )
}

/// kube-apiserver shows a certificate to every webhook that asks for one.
const ADMISSION: &str = "\
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: ValidatingAdmissionWebhook
  configuration:
    apiVersion: apiserver.config.k8s.io/v1
    kind: WebhookAdmissionConfiguration
    kubeConfigFile: FOLDER/caller.kubeconfig
";

const CALLER_KUBECONFIG: &str = "\
apiVersion: v1
kind: Config
users:
- name: '*'
  user: {client-certificate: 'FOLDER/caller.crt', client-key: 'FOLDER/caller.key'}
";

/// Where kube-apiserver connects through to reach a Service: what stands in for the cluster's
/// network in a test.
pub(crate) const TUNNEL: &str = "tunnel.sock";

const EGRESS: &str = "\
apiVersion: apiserver.k8s.io/v1beta1
kind: EgressSelectorConfiguration
egressSelections:
- name: cluster
  connection:
    proxyProtocol: HTTPConnect
    transport: {uds: {udsName: tunnel.sock}}
";

/// The flags of kube-apiserver, ports apart.
pub(super) fn api_server_flags(folder: &Path) -> Vec<String> {
    let file = |flag: &str, name: &str| format!("--{flag}={}", folder.join(name).display());
    let mut flags = vec![
        file("admission-control-config-file", "admission.yaml"),
        file("cert-dir", "certs"),
        file("egress-selector-config-file", "egress.yaml"),
        file("service-account-key-file", "accounts.pub"),
        file("service-account-signing-key-file", "accounts.key"),
        file("tls-cert-file", "server.crt"),
        file("tls-private-key-file", "server.key"),
        file("token-auth-file", "tokens.csv"),
    ];
    let rest = [
        "--advertise-address=192.0.2.1",
        "--authorization-mode=RBAC",
        "--bind-address=127.0.0.1",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-cluster-ip-range=10.96.0.0/16",
    ];
    flags.extend(rest.map(str::to_owned));
    flags
}
