# shellcheck shell=bash
# help: bench [--quick]  what the lab costs and how fast it is: a table, and dist/bench/results.json
for argument; do
  [[ $argument == --quick ]] || die "bench: '$argument' is not --quick"
done
npm_packages tests "driving Chromium" || die "the bench cannot run without the npm packages of tests"
need_chromium || die "the bench needs Chromium"
build_wasm
build_site

say "compiling the bench, for the browser and for this machine"
built=$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/aio_ring_bench.wasm
quietly wasm_cargo build --release -p aio-ring-bench --lib || die "the bench does not compile for the browser"
quietly cargo build --release -p aio-ring-bench -p aio-ring-rivals --bins || die "the bench does not compile for this machine"
rm -rf dist/bench
mkdir -p dist/bench
wasm-bindgen --target web --no-typescript --remove-name-section --out-dir dist/bench/wasm --out-name aio_ring_bench "$built" ||
  die "wasm-bindgen could not read the bench's module"
cp tests/bench/{page.html,page.mjs,worker.mjs} dist/bench/

CHROMIUM=$(command -v chromium) CHROMEDRIVER=$(command -v chromedriver) \
  BENCH_PROGRAMS=$CARGO_TARGET_DIR/release exec node tests/bench/run.mjs "$@"
