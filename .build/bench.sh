# shellcheck shell=bash
# help: bench [--quick] [--only ROW,...]  what the lab costs and how fast it is, beside its rivals and limits: tables, dist/bench/*.json, and plots in dist/bench/index.html
for argument; do
  case $argument in -*=* | --quick | --only) ;; -*) die "bench: '$argument' is neither --quick nor --only" ;; esac
done
npm_packages tests "driving Chromium" || die "the bench cannot run without the npm packages of tests"
node tests/bench/run.mjs --check "$@" || die "bench: see above"
need_chromium || die "the bench needs Chromium"
build_wasm
build_site

say "compiling the bench, for the browser and for this machine"
built=$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/aio_ring_rival_rings.wasm
quietly wasm_cargo rustc --release -p aio-ring-rival-rings --lib --crate-type cdylib || die "the bench does not compile for the browser"
quietly cargo build --release -p aio-ring-bench -p aio-ring-rival-checkers -p aio-ring-rival-rings --bins ||
  die "the bench does not compile for this machine"
mkdir -p dist/bench/vendor
# But for what earlier runs have measured: --only leaves the other rows on the page.
find dist/bench -mindepth 1 -type f ! -name '*.json' -delete
wasm-bindgen --target web --no-typescript --remove-name-section --out-dir dist/bench/wasm --out-name aio_ring_bench "$built" ||
  die "wasm-bindgen could not read the bench's module"
cp -R tests/bench/browser/. dist/bench/
cp tests/node_modules/ringbuf.js/dist/index.mjs dist/bench/vendor/ringbuf.mjs || die "ringbuf.js is not where it was"
cp tests/node_modules/ringbuf.js/LICENSE dist/bench/vendor/ringbuf.LICENSE

CHROMIUM=$(command -v chromium) CHROMEDRIVER=$(command -v chromedriver) \
  BENCH_PROGRAMS=$CARGO_TARGET_DIR/release BENCH_SPENT=$SECONDS exec node tests/bench/run.mjs "$@"
