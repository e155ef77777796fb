# shellcheck shell=bash
# What the user sees, and where things are kept.

# Tools and downloads, shared by every copy of this repository; nothing of the user's own is in there.
# shellcheck disable=SC2034
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/aio-ring-lab
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}

say() { printf '%s\n' "$*" >&2; }
die() {
  say "build.sh: $*"
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# Runs a long command without its chatter; when it fails, shows the end of what it had to say.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if ((status)); then tail -n 25 "$log" >&2; fi
  rm -f "$log"
  return "$status"
}

# A fingerprint of files' names and contents, to see whether something was made from them as they are now.
fingerprint() { find "$@" -type f -exec cksum {} + 2>/dev/null | LC_ALL=C sort | cksum; }

# made_from STAMP TEXT: was this made from just that? `made STAMP TEXT` notes it.
made_from() { [[ -e $1 && $(<"$1") == "$2" ]]; }
made() {
  mkdir -p "$(dirname "$1")"
  printf '%s\n' "$2" >"$1"
}
