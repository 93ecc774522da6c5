//! Manifests that tests share, with `NAMESPACE` where a test's own belongs.

/// Pods with `app=web` that listen on 8080.
pub(crate) const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: NAMESPACE}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]
";

/// A Service in front of them.
pub(crate) const RIGHT: &str = "
apiVersion: v1
kind: Service
metadata: {name: web, namespace: NAMESPACE}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
";

/// The same with the wrong port.
pub(crate) const WRONG: &str = "
apiVersion: v1
kind: Service
metadata: {name: web, namespace: NAMESPACE}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8000}]}
";

/// What publishes the Service.
pub(crate) const INGRESS: &str = "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: NAMESPACE}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
";
