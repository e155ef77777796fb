# shellcheck shell=bash
# help: serve [--port N] [--host H]  build the page and serve it with the headers that shared memory needs
build_wasm
build_site
exec node .build/serve.mjs "$@"
