# shellcheck shell=bash
# help: wasm-pack ARGUMENT...  wasm-pack itself, with the right compiler and drivers
# The same arguments as wasm-pack has; the crate is ours unless another is named. To `test` are added what keeps it from
# downloading: our wasm-bindgen, and the drivers of the browsers that it is asked for.
need_rust
need_wasm_bindgen || die "wasm-pack needs wasm-bindgen"
need_wasm_pack || die "wasm-pack could not be installed"

folder=crate
for argument; do [[ ! -e $argument/Cargo.toml ]] || folder=.; done

added=()
if [[ ${1:-} == test ]]; then
  shift
  added=(test --mode no-install)
  for argument; do
    case $argument in
      --chrome)
        need_chromium || die "Chromium cannot be had"
        added+=(--chromedriver "$(command -v chromedriver)")
        ;;
      --firefox)
        need_firefox || die "Firefox cannot be had"
        added+=(--geckodriver "$(command -v geckodriver)")
        ;;
      --mode | --mode=* | -m | --chromedriver* | --geckodriver*) die "$argument is build.sh's to choose" ;;
      --) break ;;
    esac
  done
fi
cd "$folder" || exit
exec wasm-pack ${added[@]+"${added[@]}"} "$@"
