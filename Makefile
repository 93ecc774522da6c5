.PHONY: test docs picture trust

test:
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
