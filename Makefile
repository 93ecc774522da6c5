.PHONY: test
test:
	cargo test --locked

# What is found in published manifests: make trust PATHS='checkout another' or PATHS=@list-of-sets
.PHONY: trust
trust:
	cargo run --locked --release --example trust -- $(PATHS)
