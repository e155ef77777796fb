#!/usr/bin/env bash
# Sets up, builds, serves and tests. `./build.sh help` lists the commands.
# A command is a file .build/<command>.sh with a `# help:` line; it may use every function of the files below.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

for part in say apt rust cargo-tools node browsers wasm site package; do
  # shellcheck source=/dev/null
  . ".build/$part.sh"
done

command=${1:-help}
shift || true
case $command in -h | --help) command=help ;; esac
if [[ $command == */* ]] || ! grep -qs '^# help:' ".build/$command.sh"; then
  die "there is no command '$command'; ./build.sh help lists them"
fi
# shellcheck source=/dev/null
. ".build/$command.sh"
