# shellcheck shell=bash
# help: help  this list
# The `# help:` line of a command is its usage, two spaces, and what it does.
printf 'usage: ./build.sh COMMAND [ARGUMENT...]\n\n'
sed -n 's/^# help: \(.*[^ ]\)  \(.*\)/\1\t\2/p' .build/*.sh | while IFS=$'\t' read -r usage what; do
  printf '  %-34s %s\n' "$usage" "$what"
done
printf '\nThe first run of a command installs what is missing and says so. Tools are kept in %s.\n' "$CACHE"
printf 'AIO_TOOLCHAIN=rustup|debian|beside insists on a Rust compiler; otherwise rustup is taken, and Debian'\''s packages where there is none.\n'
