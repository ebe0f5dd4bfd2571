#!/usr/bin/env bash
# Compares the current spec with an earlier commit's spec. Uses the specs/accepted.yaml allowlist if it exists. The exit
# codes are the same as for `cargo xtask diff`.
#
#     .github/scripts/spec-changes.sh COMMIT
set -euo pipefail
commit=$1
# shellcheck disable=SC2206 # several words on purpose
xtask=(${XTASK:-cargo xtask})
profile=specs/toolcrate.yaml
spec_of() { sed -n 's/^spec: *//p' | tr -d "\"'"; }

new=specs/$(spec_of <"$profile")
if ! before=$(git show "$commit:$profile" 2>/dev/null); then
  echo "$commit has no $profile; there is nothing to compare with"
  exit 0
fi
name=$(spec_of <<<"$before")
old=$(mktemp -d)/$name
git show "$commit:specs/$name" >"$old"
if cmp --silent "$old" "$new"; then
  echo "the spec is the same"
  exit 0
fi
options=()
if [ -f specs/accepted.yaml ]; then options+=(--allow specs/accepted.yaml); fi
"${xtask[@]}" diff "$old" "$new" "${options[@]}"
