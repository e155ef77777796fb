# shellcheck shell=bash
# shellcheck disable=SC2154
# help: test [lint|native|wasm|e2e]...  every test, or some: checks of the sources, native tests, wasm-pack in Chromium and Firefox, the page in three browsers

logs=$CARGO_TARGET_DIR/test-logs
passed=0 failed=0 skipped=0
mkdir -p "$logs"

# What a log says of the tests that failed: in Node's TAP each "not ok" with its block, in cargo's each "failures:" up to the
# result. Where neither is, the log's end. Whoever sees only this report must be able to tell which test it was, and why.
what_failed() {
  local found
  found=$(awk '
    /^ *not ok / { tap = 1 }
    /^failures:$/ { cargo = 1 }
    tap || cargo
    tap && /^ *\.\.\.$/ { tap = 0 }
    /^test result: / { cargo = 0 }' "$1")
  if [[ $found ]]; then head -n 400 <<<"$found"; else tail -n 150 "$1"; fi
}

# step NAME COUNTER COMMAND...: runs it, shows how it ended, and adds what COUNTER ("passed failed skipped") reads in its log.
# A step that fails does not stop the ones after it.
step() {
  local name=$1 counter=$2 log status=0 start=$SECONDS ok bad left verdict
  shift 2
  log=$logs/$(printf '%s' "$name" | tr -cs 'a-zA-Z0-9' -).log
  printf '[%4d s] %-42s ' "$SECONDS" "$name"
  (export TERM=dumb CARGO_TERM_COLOR=never && "$@") </dev/null 2>&1 | sed $'s/\033\\[[0-9;]*m//g' >"$log" || status=$?
  read -r ok bad left < <("$counter" "$log" "$status")
  # A runner that failed before its first test, and one that ran no test, have failed.
  if ((status && !bad)) || ((ok + bad + left == 0)); then bad=1; fi
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + left))
  verdict=ok
  if ((bad)); then verdict=FAILED; fi
  if [[ $counter != one ]]; then verdict+=", $ok passed, $bad failed, $left skipped"; fi
  printf '%s, %d s\n' "$verdict" "$((SECONDS - start))"
  sed -nE 's/^test (.*) \.\.\. ignored(.*)/           skipped: \1\2/p
    s/^ *ok [0-9]+ - (.*) # SKIP *(.*)/           skipped: \1 (\2)/p' "$log"
  if ((bad)) || grep -q '^# once more: ' "$log"; then
    sed -nE 's/^# (once more: .*)/           \1/p' "$log"
    what_failed "$log" | sed 's/^/    | /'
    printf '    | (all of it: %s)\n' "$log"
  fi
}
skip() {
  printf '[%4d s] %-42s skipped: %s\n' "$SECONDS" "$1" "$2"
  skipped=$((skipped + 1))
}

# A check without tests of its own counts as one.
one() { if (($2)); then echo 0 1 0; else echo 1 0 0; fi; }
# cargo's and wasm-bindgen's runners: "test result: ok. 3 passed; 0 failed; 1 ignored; …", a line for each test binary.
cargo_counts() { awk '/^test result: / { p += $4; f += $6; s += $8 } END { print p + 0, f + 0, s + 0 }' "$1"; }
# Node's TAP: "# pass 3" and so on, once; a second time for the files that were repeated, which then decides.
node_counts() {
  awk '
    $1 == "#" && NF == 3 { n[$2] = $3 }
    $1 == "#" && $2 == "todo" { run++; bad = n["fail"] + n["cancelled"] }
    run == 1 && !counted { counted = 1; all = n["pass"] + bad; left = n["skipped"] + n["todo"] }
    END { print all - bad, bad + 0, left + 0 }' "$1"
}

# COMMAND...: runs all of Node's tests by it. A browser that is driven from outside fails now and then where nothing is wrong, so
# files with failures run once more. What failed once is said all the same: see `step`.
node_tests() {
  local log=$logs/node.tap status=0 files
  "$@" tests/*.test.mjs | tee "$log"
  status=${PIPESTATUS[0]}
  if ((status)); then
    mapfile -t files < <(what_failed "$log" | sed -nE "s|^ *location: '.*/(tests/[^/:]*\.test\.mjs):.*|\1|p" | sort -u)
    if ((!${#files[@]} || ${#files[@]} > 3)); then return "$status"; fi
    echo "# once more: ${files[*]}"
    status=0
    "$@" "${files[@]}" || status=$?
  fi
  return "$status"
}

test_lint() {
  need_rust
  step "formatting" one cargo fmt --all --check
  step "clippy, native" one cargo clippy --workspace --all-targets -- -D warnings
  step "clippy, wasm" one wasm_cargo clippy --all-targets -- -D warnings
  step "clippy, the wasm that searches" one wasm_cargo clippy --lib --features explorer -- -D warnings
  step "clippy, the wasm that compares" one wasm_cargo clippy --lib --features compare -- -D warnings
  step "clippy, the wasm of the bench" one wasm_cargo clippy --lib -p aio-ring-bench -p aio-ring-rival-rings -- -D warnings
  step "documentation" one env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps
  npm_packages www "checking types" || die "types cannot be checked without the npm packages"
  step "types of the module and the page" one www/node_modules/.bin/tsc -p www
  npm_packages tests "checking types" || die "types cannot be checked without the npm packages"
  step "types of the tests" one www/node_modules/.bin/tsc -p tests
}

test_native() {
  need_rust
  step "native tests" cargo_counts cargo test --workspace --no-fail-fast
}

test_wasm() {
  need_rust
  need_wasm_bindgen || die "Rust tests cannot run in browsers without wasm-bindgen"
  need_wasm_pack || die "Rust tests cannot run in browsers without wasm-pack"
  if need_chromium; then
    step "wasm-pack in Chromium" cargo_counts ./build.sh wasm-pack test --headless --chrome
  else
    skip "wasm-pack in Chromium" "Chromium cannot be had here"
  fi
  if need_firefox; then
    step "wasm-pack in Firefox" cargo_counts ./build.sh wasm-pack test --headless --firefox
  else
    skip "wasm-pack in Firefox" "Firefox cannot be had here"
  fi
}

test_e2e() {
  local browser before=$failed screen=()
  npm_packages tests "tests in browsers" || die "the page cannot be tested without the npm packages of tests"
  need_browsers
  step "building the page and the package" one build_all
  if ((failed > before)); then
    skip "the page in browsers" "there is no page"
    return
  fi
  for browser in $missing_browsers; do skip "the page in $browser" "$browser cannot be had here"; done
  # WebKitGTK has no headless mode.
  if have xvfb-run; then screen=(xvfb-run -a -s "-screen 0 1400x1000x24"); fi
  step "the page in $browsers" node_counts node_tests ${screen[@]+"${screen[@]}"} \
    node --test --test-concurrency=1 --test-reporter=tap
}

parts=("$@")
if ((!$#)); then parts=(lint native wasm e2e); fi
for part in "${parts[@]}"; do
  case $part in lint | native | wasm | e2e) ;; *) die "test: '$part' is none of lint, native, wasm, e2e" ;; esac
done
for part in "${parts[@]}"; do "test_$part"; done

echo
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
