# shellcheck shell=bash
# The page, ready for any static host: www/ -> dist/site.

build_site() {
  local site=dist/site
  npm_packages www "the page's plots" || die "the page cannot be built without its npm packages"
  rm -rf "$site.new"
  mkdir -p "$site.new/vendor"
  cp -R www/index.html www/coi-serviceworker.js www/favicon.svg www/page www/lib "$site.new/" || die "the page is not complete"
  rm -f "$site.new"/lib/wasm/{*.d.ts,package.json,.gitignore,.from*}
  cp www/node_modules/uplot/dist/{uPlot.esm.js,uPlot.min.css} "$site.new/vendor/" || die "uPlot is not where it was"
  cp www/node_modules/uplot/LICENSE "$site.new/vendor/uPlot.LICENSE"
  # Hosts that read this file send what shared memory needs; others have the service worker.
  cat >"$site.new/_headers" <<'HEADERS'
/*
  Cross-Origin-Opener-Policy: same-origin
  Cross-Origin-Embedder-Policy: require-corp
  Cross-Origin-Resource-Policy: same-origin
HEADERS
  rm -rf "$site"
  mv "$site.new" "$site"
}
