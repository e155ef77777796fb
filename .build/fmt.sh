# shellcheck shell=bash
# help: fmt  format the Rust sources
need_rust
cargo fmt --all
