#!/usr/bin/env bash
# Adds a new spec: copies the file to specs/, sets it in the profile, generates the crate, and writes the release note as
# the pull request body. Changes nothing if the spec is already the current spec.
#
#     .github/scripts/take-spec.sh NEW_SPEC BODY
#
# Sets `version` in GITHUB_OUTPUT (empty if nothing is new) and `draft` (true if the crate could not be generated). If
# `draft` is true, the body contains the errors, and the profile or the overlay has to be adapted.
set -euo pipefail
new=$1 body=$2
# shellcheck disable=SC2206 # several words on purpose
xtask=(${XTASK:-cargo xtask})
profile=specs/toolcrate.yaml
output() { echo "$1" | tee -a "${GITHUB_OUTPUT:-/dev/null}"; }

old=specs/$(sed -n 's/^spec: *//p' "$profile" | tr -d "\"'")
if cmp --silent "$new" "$old"; then
  output "version="
  exit 0
fi
# The first line of a report: `OLD (file) → NEW (file): 3 changes`.
version=$("${xtask[@]}" diff "$old" "$new" --profile "$profile" --fail-on never | sed -n '1s/.* → \(.*\) (.*/\1/p')
if ! [[ $version =~ ^[0-9A-Za-z][0-9A-Za-z._-]*$ ]]; then
  echo "error: info.version of $new is \"$version\", which can't be part of a file name" >&2
  exit 2
fi
# `name-2025.1.json` becomes `name-2025.2.json`.
name=$(basename "$old")
name=${name%.*}
file=${name%-[0-9]*}-$version.json

# Compare before copying the file, because the new spec may be a corrected version of the same release.
"${xtask[@]}" diff "$old" "$new" --profile "$profile" --format note --fail-on never --out "$body"
cp "$new" "specs/$file"
sed -i "s|^spec: .*|spec: $file|" "$profile"
draft=false
if ! errors=$("${xtask[@]}" regenerate --profile "$profile" 2>&1 >/dev/null); then
  draft=true
  {
    # shellcheck disable=SC2016 # Markdown
    printf '\n## The crate could not be generated\n\n```\n%s\n```\n' "$errors"
  } >>"$body"
fi
# A pull request body is limited to 65536 characters.
if [ "$(wc -c <"$body")" -gt 60000 ]; then
  head -c 60000 "$body" | sed '$d' >"$body.cut"
  # shellcheck disable=SC2016 # Markdown
  printf '\n… and more: run `cargo xtask diff %s specs/%s`.\n' "$old" "$file" >>"$body.cut"
  mv "$body.cut" "$body"
fi
output "version=$version"
output "draft=$draft"
