# shellcheck shell=bash
# Debian packages: installed when missing, never removed.

apt_updated=
apt_update() {
  [[ -z $apt_updated ]] || return 0
  apt_updated=1
  say "reading Debian's package lists"
  as_root apt-get -qq update >/dev/null || say "  (not all of them could be read)"
}

# Root, or whoever sudo lets be root.
can_be_root() { ((EUID == 0)) || { have sudo && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; }; }
as_root() { if ((EUID == 0)); then "$@"; else sudo "$@"; fi; }

apt_has() {
  local package
  for package; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || return 1
  done
}

# What apt would do: its lines `Inst package …` and `Remv package …`.
apt_plan() { apt-get install --dry-run --no-install-recommends "$@" 2>/dev/null | grep -E '^(Inst|Remv) '; }
apt_would_remove() { apt_plan "$@" | sed -n 's/^Remv \([^ ]*\).*/\1/p' | tr '\n' ' '; }

# apt_install WHY PACKAGE...: 1 when they cannot be had, with a sentence that says why.
apt_install() {
  local why=$1 removed
  shift
  apt_has "$@" 2>/dev/null && return
  have apt-get || { say "$why needs what Debian calls: $* (and there is no apt-get here to install it)"; return 1; }
  can_be_root || { say "$why needs root, or sudo, once for: apt-get install --no-install-recommends $*"; return 1; }
  apt_update
  removed=$(apt_would_remove "$@")
  [[ -z $removed ]] || { say "$why needs: $*; not installed, since apt would remove your $removed"; return 1; }
  say "installing $* with apt, for $why"
  quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends --no-remove install "$@"
}
