# shellcheck shell=bash
# help: soak [--minutes N]  the page under v4 for N minutes (10), and runs begun and ended: memory and events over time, also in dist/bench/soak.json and on the bench's page of plots. Fails on damage, a crash, growth
npm_packages tests "driving Chromium" || die "the soak cannot run without the npm packages of tests"
node tests/soak/run.mjs --check "$@" || die "soak: see above"
need_chromium || die "the soak needs Chromium"
build_wasm
build_site
CHROMIUM=$(command -v chromium) CHROMEDRIVER=$(command -v chromedriver) exec node tests/soak/run.mjs "$@"
