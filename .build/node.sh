# shellcheck shell=bash
# Node.js, and the npm packages of a folder.

NODE_AT_LEAST=18.19

node_is_new() {
  have node && have npm && node -e '
    const [is, needed] = [process.versions.node, process.argv[1]].map((version) => version.split(".").map(Number));
    process.exit(is[0] > needed[0] || (is[0] === needed[0] && is[1] >= needed[1]) ? 0 : 1);' "$NODE_AT_LEAST"
}

need_node() {
  node_is_new && return
  # A Node.js of the user's own, not Debian's, comes with its npm; what apt installs stands behind it on the PATH.
  have node && have npm || apt_install "JavaScript tools" nodejs npm || true
  node_is_new || die "Node.js $NODE_AT_LEAST or later with npm is needed: install it and run this again"
}

# npm_packages FOLDER WHY: as its lock file says, if they are not there already.
npm_packages() {
  local folder=$1 why=$2 mark way=install
  need_node
  mark=$(cksum "$folder"/package.json "$folder"/package-lock.json 2>/dev/null || true)
  made_from "$folder/node_modules/.from" "$mark" && return
  [[ ! -e $folder/package-lock.json ]] || way=ci
  say "installing the npm packages of $folder, for $why"
  quietly npm --prefix "$folder" "$way" --no-audit --no-fund || { say "the npm packages of $folder could not be installed"; return 1; }
  made "$folder/node_modules/.from" "$(cksum "$folder"/package.json "$folder"/package-lock.json)"
}
