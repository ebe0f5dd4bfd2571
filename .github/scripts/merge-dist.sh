#!/usr/bin/env bash
# Merges the output folders of `cargo xtask dist` from several platforms, which are in one parent folder: all files, a
# combined SHA256SUMS, and a server.json with every platform's bundle.
#
#     .github/scripts/merge-dist.sh DOWNLOADED OUT
set -euo pipefail
downloaded=$1 out=$2
mkdir -p "$out"
for folder in "$downloaded"/*/; do
  (cd "$folder" && sha256sum --check --quiet SHA256SUMS)
  find "$folder" -maxdepth 1 -type f ! -name SHA256SUMS ! -name server.json -exec cp {} "$out" \;
done
python3 - "$out/server.json" "$downloaded"/*/server.json <<'PYTHON'
import json
import sys

out, *paths = sys.argv[1:]
entries = [json.load(open(path, encoding="utf-8")) for path in sorted(paths)]
packages = {package["identifier"] + package["registryType"]: package for entry in entries for package in entry["packages"]}
entries[0]["packages"] = list(packages.values())
with open(out, "w", encoding="utf-8") as file:
    json.dump(entries[0], file, indent=2)
    file.write("\n")
PYTHON
(cd "$out" && sha256sum -- * > ../SHA256SUMS && mv ../SHA256SUMS .)
