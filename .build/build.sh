# shellcheck shell=bash
# help: build  the page into dist/site, the npm package into dist/npm
build_all
say "dist/site and dist/npm are ready"
