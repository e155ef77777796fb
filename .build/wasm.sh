# shellcheck shell=bash
# The wasm module: crate/ -> www/lib/wasm.

# Started in crate/, cargo rebuilds std for it (crate/.cargo/config.toml).
wasm_cargo() { (cd crate && cargo "$1" --target wasm32-unknown-unknown "${@:2}"); }

build_wasm() {
  need_rust
  need_wasm_bindgen || die "the wasm modules cannot be built without wasm-bindgen"
  say "building the wasm module that races"
  build_wasm_module aio_ring_lab
  # With the same flags, so that std is built once: only the last crate is built again.
  say "building the wasm module that compares"
  build_wasm_module compare --features compare
  say "building the wasm module that searches"
  build_wasm_module explorer --features explorer
}

# NAME and what cargo rustc gets: builds www/lib/wasm/NAME.js and NAME_bg.wasm, unless they are there already.
build_wasm_module() {
  local name=$1 built=$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/aio_ring_lab.wasm out=www/lib/wasm mark new
  shift
  # Of the sources, not of what cargo makes of them: of two modules in one folder the later takes the earlier one's place,
  # and cargo would build both again each time.
  mark="$(fingerprint crate/src crate/build.rs crate/Cargo.toml Cargo.{toml,lock} {,crate/}.cargo/config.toml .build/wasm.sh) $* $(rustc -V) wasm-bindgen $WASM_BINDGEN"
  if ! made_from "$out/.from-$name" "$mark"; then
    # Quietly: clippy shows warnings, and the compiler's one about `atomics` cannot be turned off.
    quietly wasm_cargo rustc --release --lib --crate-type cdylib "$@" || die "the wasm module does not compile"
    new=$out.new/$name
    rm -rf "$new"
    # Function names are a fifteenth of the download; a panic says its place without them. Binaryen's wasm-opt would take
    # another thirty-fifth (-O3, after this profile's lto): not worth its 100 MB.
    wasm-bindgen --target web --remove-name-section --out-dir "$new" --out-name "$name" "$built" ||
      die "wasm-bindgen could not read the module"
    mkdir -p "$out"
    # The pool's Workers load their script from here, and the snippets' names change with their content.
    [[ ! -d $new/snippets ]] || rm -rf "$out/snippets"
    cp -R "$new/." "$out/"
    rm -rf "$new"
    made "$out/.from-$name" "$mark"
  fi
  wasm_size "$name"
}

wasm_size() {
  local file=www/lib/wasm/$1_bg.wasm
  say "  $file: $(($(wc -c <"$file") / 1000)) kB, $(($(gzip -9c "$file" | wc -c) / 1000)) kB gzipped"
}
