# shellcheck shell=bash
# Commands that come as crates, each of one version, in a folder of our own.

# Exactly the version of the wasm-bindgen crate in crate/Cargo.toml: they must match.
WASM_BINDGEN=$(sed -n 's/^wasm-bindgen = "=\(.*\)"/\1/p' crate/Cargo.toml)
WASM_PACK=0.15.1
GECKODRIVER=0.37.1
CARGO_MUTANTS=27.1.0

# Without --locked: its lock file names a version that some mirrors of the registry do not have.
need_wasm_bindgen() { cargo_tool wasm-bindgen-cli "$WASM_BINDGEN" "making the JavaScript side of the wasm module" wasm-bindgen; }
need_wasm_pack() { cargo_tool wasm-pack "$WASM_PACK" "running Rust tests in browsers" wasm-pack --locked; }
need_geckodriver() { cargo_tool geckodriver "$GECKODRIVER" "driving Firefox in tests" geckodriver --locked; }
need_cargo_mutants() { cargo_tool cargo-mutants "$CARGO_MUTANTS" "testing the tests" cargo-mutants --locked; }

# cargo_tool CRATE VERSION WHY COMMAND [OPTION...]
cargo_tool() {
  local crate=$1 version=$2 why=$3 command=$4 root start=$SECONDS
  shift 4
  root=$CACHE/tools/$crate-$version
  if [[ ! -x $root/bin/$command ]]; then
    need_rust
    say "building $crate $version, for $why (once; some minutes)"
    # From a folder without our flags, and without the leave to use unstable features that Debian's compiler got for std.
    (mkdir -p "$CACHE/tools" && cd "$CACHE/tools" &&
      quietly env -u RUSTC_BOOTSTRAP cargo install "$crate" --version "$version" "$@" \
        --root "$root.new" --target-dir "$CACHE/tools/target") ||
      { say "$crate $version could not be built"; return 1; }
    rm -rf "$CACHE/tools/target"
    mv "$root.new" "$root"
    say "  built in $((SECONDS - start)) s"
  fi
  case :$PATH: in *":$root/bin:"*) ;; *) export PATH=$root/bin:$PATH ;; esac
}
