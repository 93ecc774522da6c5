.PHONY: test control-plane docs picture trust

test: control-plane
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo test --locked

# Everything in the documentation that is made of the program itself: the help, the tables of
# rules, the output of commands, the pictures.
docs: picture
	UPDATE=1 cargo test --locked --test cli --test readme

picture:
	UPDATE=1 cargo test --locked --test picture

# What is found in published manifests: make trust PATHS='checkout another' or PATHS=@list-of-sets
trust:
	cargo run --locked --release --example trust -- $(PATHS)

# etcd, kube-apiserver, kube-controller-manager and kubectl for tests/cluster, at the versions of
# tests/control-plane/go.mod. What KUBEBUILDER_ASSETS holds is not built.
programs := etcd kube-apiserver kube-controller-manager kubectl
installed := $(if $(KUBEBUILDER_ASSETS),$(notdir $(wildcard $(addprefix $(KUBEBUILDER_ASSETS)/,$(programs)))))
version := $(shell awk '$$1 == "k8s.io/kubernetes" { print $$2 }' tests/control-plane/go.mod)
stamp := -X k8s.io/component-base/version
stamps := $(stamp).gitVersion=$(version) \
	$(stamp).gitMajor=$(word 1,$(subst ., ,$(version:v%=%))) $(stamp).gitMinor=$(word 2,$(subst ., ,$(version)))

control-plane: $(addprefix target/control-plane/,$(filter-out $(installed),$(programs)))

target/control-plane/etcd: package = go.etcd.io/etcd/server/v3
target/control-plane/kube%: package = k8s.io/kubernetes/cmd/$(@F)
target/control-plane/%: tests/control-plane/go.mod tests/control-plane/go.sum
	@command -v go >/dev/null || { echo "$(@F) is missing: install Go 1.26 or later," \
		"or set KUBEBUILDER_ASSETS to a folder with $(programs)" >&2; exit 1; }
	CGO_ENABLED=0 go -C tests/control-plane build -trimpath -ldflags='-s -w $(stamps)' \
		-o '$(CURDIR)/$@' $(package)
