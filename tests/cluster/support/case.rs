//! One test's part of a control plane: a namespace of its own, and kubectl in it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::plane::Plane;
use super::wait::eventually;

/// A namespace that is one test's own.
#[derive(Debug)]
pub(crate) struct Case<'p> {
    pub(crate) plane: &'p Plane,
    pub(crate) namespace: String,
}

/// What kubectl said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) well: bool,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// The standard output of what must have gone well.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert!(self.well, "{}{}", self.out, self.err);
        self.out
    }

    /// What must have gone well, and what was warned of meanwhile.
    #[track_caller]
    pub(crate) fn warned(self) -> Vec<String> {
        assert!(self.well, "{}{}", self.out, self.err);
        let lines = self.err.lines();
        lines
            .map(|line| line.strip_prefix("Warning: ").unwrap_or(line).to_owned())
            .collect()
    }
}

impl Case<'static> {
    /// A namespace in the control plane that all tests share.
    pub(crate) fn new(namespace: &str) -> Self {
        Self::on(Plane::shared(), namespace)
    }
}

impl<'p> Case<'p> {
    /// A namespace in a control plane.
    pub(crate) fn on(plane: &'p Plane, namespace: &str) -> Self {
        let case = Self {
            plane,
            namespace: namespace.to_owned(),
        };
        case.kubectl(&["create", "namespace", namespace]).done();
        // Without it no pod can be created.
        eventually("the default ServiceAccount", || {
            case.kubectl(&["get", "serviceaccount", "default"]).well
        });
        case
    }

    /// kubectl in the namespace.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> Said {
        self.kubectl_with(arguments, "")
    }

    /// kubectl in the namespace, which reads `input`.
    pub(crate) fn kubectl_with(&self, arguments: &[&str], input: &str) -> Said {
        let mut kubectl = self.plane.kubectl();
        kubectl
            .args(["--namespace", &self.namespace])
            .args(arguments);
        run(&mut kubectl, input)
    }

    /// A manifest with the test's namespace in place of `NAMESPACE`.
    pub(crate) fn fill(&self, manifest: &str) -> String {
        manifest.replace("NAMESPACE", &self.namespace)
    }

    pub(crate) fn create(&self, manifest: &str) -> Said {
        self.kubectl_with(&["create", "-f", "-"], &self.fill(manifest))
    }

    pub(crate) fn apply(&self, manifest: &str) -> Said {
        self.kubectl_with(&["apply", "-f", "-"], &self.fill(manifest))
    }
}

impl Drop for Case<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.plane.keep_logs();
        }
    }
}

fn run(command: &mut Command, input: &str) -> Said {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who reads no input closes it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said {
        well: output.status.success(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}
