# shellcheck shell=bash
# The Rust compiler. Threads in wasm need std rebuilt, so it must be one whose sources are at hand: rustup's nightly of
# rust-toolchain.toml, or else Debian's rustc-web. AIO_TOOLCHAIN=rustup|debian|beside insists on one of the three ways.

DEBIAN_RUST=(rustc-web cargo-web rust-web-src rustfmt-web rust-web-clippy)

need_rust() {
  [[ -z ${rust_ready:-} ]] || return 0
  rust_ready=1
  case ${AIO_TOOLCHAIN:-} in
    '') rust_by_rustup || rust_by_debian ;;
    rustup) rust_by_rustup ;;
    debian) rust_by_debian ;;
    beside) rust_beside ;;
    *) die "AIO_TOOLCHAIN is '$AIO_TOOLCHAIN'; it can be rustup, debian or beside" ;;
  esac || die "there is no Rust compiler to go on with: install rustup from https://rustup.rs, or what is named above, and run this again"
  have cc || apt_install "linking" gcc libc6-dev || die "no C compiler to link with: install gcc and run this again"
}

rust_by_rustup() {
  local rustup channel home rustc
  rustup=$(command -v rustup || command -v "${CARGO_HOME:-$HOME/.cargo}/bin/rustup") || return 1
  channel=$(toolchain_file channel)
  if ! rustup_complete; then
    say "installing Rust $channel with rustup, since threads in wasm need a nightly that can rebuild std"
    # shellcheck disable=SC2046
    quietly "$rustup" toolchain install "$channel" --no-self-update --profile minimal \
      $(printf -- '--component %s ' $(toolchain_file components)) \
      $(printf -- '--target %s ' $(toolchain_file targets)) ||
      { say "rustup could not install $channel"; return 1; }
    rustup_complete || { say "rustup's $channel is not complete"; return 1; }
  fi
  export RUSTUP_TOOLCHAIN=$channel PATH=$home/bin:$PATH
}

# Sets `home`, the toolchain's own folder.
rustup_complete() {
  rustc=$(RUSTUP_AUTO_INSTALL=0 "$rustup" which --toolchain "$channel" rustc 2>/dev/null) || return 1
  home=${rustc%/bin/rustc}
  [[ -x $home/bin/cargo-clippy && -x $home/bin/rustfmt && -e $home/lib/rustlib/src/rust/library/Cargo.lock &&
    -e $home/lib/rustlib/wasm32-unknown-unknown/lib ]]
}

# One setting of rust-toolchain.toml, as words.
toolchain_file() { sed -n "s/^$1 *= *//p" rust-toolchain.toml | tr -d '[]",'; }

rust_by_debian() {
  if ! apt_has "${DEBIAN_RUST[@]}" lld-19; then
    have apt-get || return 1
    if [[ -d $(beside_folder) ]]; then rust_beside; return; fi
    if can_be_root; then apt_update; fi
    debian_rust_is_new || { say "Debian offers no rustc-web of version $(rust_version) or later here"; return 1; }
    if [[ -n $(apt_would_remove "${DEBIAN_RUST[@]}") ]]; then
      rust_beside
      return
    fi
    apt_install "compiling Rust to threaded wasm" "${DEBIAN_RUST[@]}" lld-19 || return 1
  fi
  # Debian's own first, before any rustup on the PATH.
  local bin=$CACHE/debian-rust/bin tool
  mkdir -p "$bin"
  for tool in rustc rustdoc cargo rustfmt cargo-fmt cargo-clippy clippy-driver; do
    ln -sfn "/usr/bin/$tool" "$bin/$tool"
  done
  rust_from "$bin"
}

# Where apt would remove a compiler of the user's: the same packages, unpacked into a folder of our own.
rust_beside() {
  local root packages tool
  have apt-get && have dpkg-deb || return 1
  apt_install "linking wasm" lld-19 || return 1
  have gcc || apt_install "linking" gcc libc6-dev || return 1
  root=$(beside_folder)
  if [[ ! -d $root ]]; then
    if can_be_root; then apt_update; fi
    debian_rust_is_new || { say "Debian offers no rustc-web of version $(rust_version) or later here"; return 1; }
    say "unpacking Debian's ${DEBIAN_RUST[*]} into $root, since installing them would remove your own $(apt_would_remove "${DEBIAN_RUST[@]}")"
    packages=$(apt_plan "${DEBIAN_RUST[@]}" | sed -n 's/^Inst \([^ ]*\).*/\1/p')
    rm -rf "$root.new"
    mkdir -p "$root.new/deb"
    # shellcheck disable=SC2086
    (cd "$root.new/deb" && quietly apt-get download $packages) || { say "the packages could not be downloaded"; return 1; }
    for tool in "$root.new"/deb/*.deb; do dpkg-deb -x "$tool" "$root.new" || return 1; done
    rm -r "$root.new/deb"
    beside_wrappers "$root" || return 1
    mv "$root.new" "$root"
  fi
  rust_from "$root/bin"
}
beside_folder() { printf '%s\n' "$CACHE/debian-rust-beside-$(rust_version)"; }

# The libraries that belong to these commands are known to them alone.
beside_wrappers() {
  local root=$1 tool libraries
  libraries=$root/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || gcc -print-multiarch)
  mkdir -p "$root.new/bin"
  for tool in rustc rustdoc cargo rustfmt cargo-fmt cargo-clippy clippy-driver; do
    [[ -e $root.new/usr/bin/$tool ]] || { say "Debian's packages lack $tool"; return 1; }
    # shellcheck disable=SC2016
    printf '#!/bin/sh\nLD_LIBRARY_PATH="%s${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" exec "%s" "$@"\n' \
      "$libraries" "$root/usr/bin/$tool" >"$root.new/bin/$tool"
    chmod +x "$root.new/bin/$tool"
  done
}

# A stable compiler, told that it may rebuild std, and Debian's linker for wasm, since it brings none of its own.
rust_from() {
  unset RUSTUP_TOOLCHAIN
  export PATH=$1:$PATH RUSTC=$1/rustc RUSTDOC=$1/rustdoc RUSTC_BOOTSTRAP=1
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19
}

rust_version() { sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml; }
debian_rust_is_new() {
  local version
  version=$(apt-cache policy rustc-web 2>/dev/null | sed -n 's/^ *Candidate: //p')
  [[ -n $version ]] && dpkg --compare-versions "$version" ge "$(rust_version)"
}
