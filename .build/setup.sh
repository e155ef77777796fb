# shellcheck shell=bash
# shellcheck disable=SC2154
# help: setup  install everything that the other commands need
need_rust
need_node
npm_packages www "the page" || die "the page cannot be built without its npm packages"
npm_packages tests "tests in browsers" || die "the tests cannot run without their npm packages"
need_wasm_bindgen || die "the wasm module cannot be built without wasm-bindgen"
need_wasm_pack || die "Rust tests cannot run in browsers without wasm-pack"
need_browsers
for browser in $missing_browsers; do say "no $browser: its tests will be skipped"; done
