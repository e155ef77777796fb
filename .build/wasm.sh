# shellcheck shell=bash
# The wasm module: crate/ -> www/lib/wasm.

# Started in crate/, cargo rebuilds std for it (crate/.cargo/config.toml).
wasm_cargo() { (cd crate && cargo "$1" --target wasm32-unknown-unknown "${@:2}"); }

build_wasm() {
  local built=$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/aio_ring_lab.wasm out=www/lib/wasm mark
  need_rust
  need_wasm_bindgen || die "the wasm module cannot be built without wasm-bindgen"
  say "building the wasm module"
  # Quietly: clippy shows warnings, and the compiler's one about `atomics` cannot be turned off.
  quietly wasm_cargo build --release --lib || die "the wasm module does not compile"
  mark="$(cksum "$built" .build/wasm.sh) wasm-bindgen $WASM_BINDGEN"
  if ! made_from "$out/.from" "$mark"; then
    rm -rf "$out.new"
    # Function names are a fifteenth of the download; a panic says its place without them. Binaryen's wasm-opt would take
    # another thirty-fifth (-O3, after this profile's lto): not worth its 100 MB.
    wasm-bindgen --target web --remove-name-section --out-dir "$out.new" --out-name aio_ring_lab "$built" ||
      die "wasm-bindgen could not read the module"
    made "$out.new/.from" "$mark"
    rm -rf "$out"
    mv "$out.new" "$out"
  fi
  wasm_size
}

wasm_size() {
  local file=www/lib/wasm/aio_ring_lab_bg.wasm
  say "  $file: $(($(wc -c <"$file") / 1000)) kB, $(($(gzip -9c "$file" | wc -c) / 1000)) kB gzipped"
}
