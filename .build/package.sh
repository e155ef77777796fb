# shellcheck shell=bash
# The npm package, as it would be published: www/lib -> dist/npm.

build_package() {
  local package=dist/npm
  npm_packages www "the package's types" || die "the package cannot be built without its npm packages"
  rm -rf "$package"
  mkdir -p "$package"
  npm --prefix www run --silent types || die "the package's types cannot be made"
  cp -R www/lib "$package/" || die "dist/npm cannot be written"
  rm -f "$package"/lib/wasm/{package.json,.gitignore,.from*}
  cp LICENSE "$package/"
  [[ ! -e README.md ]] || cp README.md "$package/"
  # What only its makers need stays out.
  node -e '
    const { devDependencies, scripts, private: _, ...rest } = JSON.parse(require("fs").readFileSync("www/package.json", "utf8"));
    require("fs").writeFileSync("dist/npm/package.json", JSON.stringify(rest, null, 2) + "\n");' || die "dist/npm cannot be written"
}

build_all() {
  build_wasm
  build_site
  build_package
}
