# shellcheck shell=bash
# shellcheck disable=SC2154
# help: mutants [--iterate] [PATH]...  do the tests notice small changes to aio, machine and ring, or to PATH in them (an hour)? --iterate tries only what has survived
# At least 90 % must be noticed, and what survives must stand in the list, with its reason. The hour is two cores'.

survivors=crate/mutants-survivors.txt
wanted=90
folder=$CARGO_TARGET_DIR/mutants
# What became of each mutant in whichever run: "caught", "timeout", "missed" or "unviable", a tab, its name.
results=$folder/results

iterate=0 paths=()
for argument; do
  case ${argument%/} in
    --iterate) iterate=1 ;;
    aio | machine | ring | aio/* | machine/* | ring/*)
      [[ -e crate/src/$argument ]] || die "mutants: there is no crate/src/$argument"
      paths+=("crate/src/${argument%/}")
      # A single file may have little but its listed survivors.
      if [[ ${argument%/} == */* ]]; then wanted=0; fi ;;
    *) die "mutants: '$argument' is neither --iterate nor aio, machine, ring or a path in them" ;;
  esac
done
if ((!${#paths[@]})); then paths=(crate/src/aio crate/src/machine crate/src/ring); fi

need_rust
need_cargo_mutants || die "there are no mutants without cargo-mutants"
mkdir -p "$folder"
touch "$results"

selection=(--package aio-ring-lab)
for path in "${paths[@]}"; do
  selection+=(--file "$path")
  if [[ -d $path ]]; then selection+=(--file "$path/**"); fi
done
# What is for the browser alone, from its attribute to the `}` or `;` that ends it: native tests do not compile it.
while IFS=: read -r file lines; do
  selection+=(--exclude-re "^$file:($lines):")
done < <(find "${paths[@]}" -name '*.rs' -exec awk '
  /^#\[cfg\(target_arch = "wasm32"\)\]/ { inside = 1 }
  inside { lines[FILENAME] = lines[FILENAME] (FILENAME in lines ? "|" : "") FNR }
  /^}/ || /^[^ ].*;$/ { inside = 0 }
  END { for (file in lines) print file ":" lines[file] }' {} +)

# What the units do not notice is tried once more with the protocol under seeded schedules, the table of truth searched to its
# end, and replays. They take longer to build than the units, and ten times as long to run; the rest of crate/tests needs a
# browser, or tests the search.
also=()
for test in model_schedules truth truth_proved replay; do also+=(--cargo-arg=--test "--cargo-arg=$test"); done

# The builds go into a folder of their own, where those of the next run find what they have in common.
cargo_mutants() { CARGO_TARGET_DIR=$folder/build cargo mutants "${selection[@]}" "$@"; }

# Takes over what the last run of cargo-mutants has found out, even one that was stopped half-way.
gather() {
  local outcome
  for outcome in caught timeout missed unviable; do
    [[ ! -e $folder/mutants.out/$outcome.txt ]] || sed "s/^/$outcome\t/" "$folder/mutants.out/$outcome.txt"
  done >"$folder/new"
  awk -F '\t' 'NR == FNR { print; new[$2]; next } !($2 in new)' "$folder/new" "$results" >"$results.new"
  mv "$results.new" "$results"
  rm -rf "$folder"/mutants.out{,.old}
}

# try_out SECONDS ARGUMENT...: tries all that is not known to be noticed, or not to compile, nor stands in $folder/skipped.
# SECONDS of the processor's time end a build, or the tests of one binary: several times what they take, and the same on a busy
# machine. What is left to the time-out of .cargo/mutants.toml is whatever sleeps forever.
try_out() {
  local limit=$1 status=0
  shift
  # It skips what it finds here. A mutant that ran out of time is not worth that time again.
  mkdir "$folder/mutants.out"
  { sed -nE 's/^(caught|timeout|unviable)\t//p' "$results" && cat "$folder/skipped"; } >"$folder/mutants.out/caught.txt"
  (ulimit -St "$limit" && cargo_mutants --iterate --jobs 1 --output "$folder" "$@") || status=$?
  case $status in
    0 | 2 | 3) gather ;;
    4) die "mutants: a test fails without any mutant; see $folder/mutants.out/log/baseline.log" ;;
    *) die "mutants: stopped half-way; with --iterate it goes on from there" ;;
  esac
}

cargo_mutants --list >"$folder/all" || die "mutants: cargo-mutants cannot read the sources"
gather
if ((!iterate)); then
  awk -F '\t' 'NR == FNR { all[$0]; next } !($2 in all)' "$folder/all" "$results" >"$results.new"
  mv "$results.new" "$results"
fi

say "MISSED: no test fails; TIMEOUT: the tests do not end, which is as good as caught"
: >"$folder/skipped"
try_out 25
say "once more what was missed and has no reason yet, with more tests"
awk -F '\t' 'NR == FNR { listed[$0]; next }
  $1 == "missed" { name = $2; sub(/:[0-9]+:[0-9]+: /, ": ", name); if (name in listed) print $2 }' "$survivors" "$results" >"$folder/skipped"
try_out 60 "${also[@]}"

awk -F '\t' 'NR == FNR { all[$0]; next } $2 in all' "$folder/all" "$results" >"$folder/now"
failed=0
echo
awk -F '\t' -v wanted="$wanted" '
  function row(name, count) {
    killed = count["caught"] + count["timeout"]
    viable = killed + count["missed"]
    share = viable ? 100 * killed / viable : 100
    printf "%-8s %7d %7d %7d %9d %7d %9d %7.1f %%\n", name, viable + count["unviable"], viable, count["caught"],
      count["timeout"], count["missed"], count["unviable"], share
  }
  { split($2, path, "/"); rooms[path[3]]; in_room[path[3], $1]++; outcomes[$1]++ }
  END {
    printf "%-8s %7s %7s %7s %9s %7s %9s %9s\n", "", "mutants", "viable", "caught", "timed out", "missed", "unviable", "killed"
    split("aio machine ring", order, " ")
    for (i = 1; i <= 3; i++) {
      for (outcome in outcomes) count[outcome] = in_room[order[i], outcome]
      if (order[i] in rooms) row(order[i], count)
    }
    row("all", outcomes)
    exit (share < wanted)
  }' "$folder/now" || { failed=1; say "less than $wanted % of the viable mutants are killed"; }

# Lines move, so the list has names without line and column; two survivors of one name stand there twice.
sed -nE 's/^missed\t([^:]*):[0-9]+:[0-9]+: /\1: /p' "$folder/now" | LC_ALL=C sort >"$folder/missed"
for path in "${paths[@]}"; do
  awk -v path="$path" '/^crate/ { file = $0; sub(/: .*/, "", file); if (file == path || index(file, path "/") == 1) print }' "$survivors"
done | LC_ALL=C sort >"$folder/listed"
unlisted=$(LC_ALL=C comm -23 "$folder/missed" "$folder/listed")
if [[ $unlisted ]]; then
  failed=1
  say "survivors that are not in $survivors:"
  say "$unlisted"
fi
dead=$(LC_ALL=C comm -13 "$folder/missed" "$folder/listed")
if [[ $dead ]]; then
  say "in $survivors, but killed now, or gone:"
  say "$dead"
fi
exit "$failed"
