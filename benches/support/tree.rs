//! A generated tree of manifests: Deployments, Services, policies and Ingresses of a hundred
//! namespaces, spread over files as people keep them.

use std::path::Path;
use std::{fs, io};

/// How many files a tree of scale 1 has.
const FILES: usize = 200;

/// Writes a tree of `scale` times 5,000 Deployments, 5,000 Services, 2,000 policies and 200
/// Ingresses in 200 files (16 MB); says how many bytes it has.
pub(crate) fn write(folder: &Path, scale: usize) -> io::Result<usize> {
    let deployments = (0..5_000 * scale).map(deployment);
    let services = (0..5_000 * scale).map(service);
    let policies = (0..2_000 * scale).map(policy);
    let ingresses = (0..200 * scale).map(ingress);
    let mut files = vec![String::new(); FILES * scale];
    let documents = deployments.chain(services).chain(policies).chain(ingresses);
    for (n, document) in documents.enumerate() {
        let file = n % (FILES * scale);
        files[file].push_str("---\n");
        files[file].push_str(&document);
    }
    for (n, text) in files.iter().enumerate() {
        fs::write(folder.join(format!("{n:05}.yaml")), text)?;
    }
    Ok(files.iter().map(String::len).sum())
}

fn namespace(n: usize) -> usize {
    n % 100
}

fn deployment(n: usize) -> String {
    let namespace = namespace(n);
    let setting = |i| format!("        - name: SETTING_{i}\n          value: \"value-{i}-{n}\"\n");
    let settings = (0..18).map(setting).collect::<Vec<_>>().concat();
    format!(
        r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{n}
  namespace: team-{namespace}
  labels:
    app.kubernetes.io/name: app-{n}
    app.kubernetes.io/part-of: product-{product}
  annotations:
    description: "the {n}th application of team {namespace}"
spec:
  replicas: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: app-{n}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: app-{n}
        app.kubernetes.io/part-of: product-{product}
    spec:
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
      containers:
      - name: main
        image: registry.example.com/team-{namespace}/app-{n}:1.2.3
        args: ["--listen=:8080", "--metrics=:9090", "--log-level=info"]
        env:
{settings}        ports:
        - name: http
          containerPort: 8080
        - name: metrics
          containerPort: 9090
        readinessProbe:
          httpGet:
            path: /ready
            port: http
        livenessProbe:
          httpGet:
            path: /live
            port: http
        resources:
          requests:
            cpu: 100m
            memory: 128Mi
          limits:
            memory: 256Mi
        securityContext:
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          capabilities:
            drop: [ALL]
        volumeMounts:
        - name: tmp
          mountPath: /tmp
      volumes:
      - name: tmp
        emptyDir: {{}}
"#,
        product = n % 20,
    )
}

fn service(n: usize) -> String {
    format!(
        r"apiVersion: v1
kind: Service
metadata:
  name: app-{n}
  namespace: team-{namespace}
spec:
  type: ClusterIP
  selector:
    app.kubernetes.io/name: app-{n}
  ports:
  - name: http
    port: 80
    targetPort: http
    protocol: TCP
",
        namespace = namespace(n),
    )
}

fn policy(n: usize) -> String {
    format!(
        r"apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: app-{n}
  namespace: team-{namespace}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: app-{n}
  policyTypes: [Ingress, Egress]
  ingress:
  - from:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: team-{next}
    ports:
    - port: http
  egress:
  - to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: kube-system
    ports:
    - port: 53
      protocol: UDP
    - port: 53
      protocol: TCP
",
        namespace = namespace(n),
        next = namespace(n + 1),
    )
}

fn ingress(n: usize) -> String {
    format!(
        r"apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: app-{n}
  namespace: team-{namespace}
spec:
  rules:
  - host: app-{n}.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: app-{n}
            port:
              name: http
",
        namespace = namespace(n),
    )
}
