// Checks that the npm archive contains the expected files and nothing else.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("..", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));

test("the archive has the modules with their types, the README and the licenses", () => {
  const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root, encoding: "utf8" });
  const [{ files, name, version }] = JSON.parse(output);
  assert.deepEqual([name, version], [manifest.name, manifest.version]);
  const modules = ["ai-sdk", "client", "index", "middleware", "names"];
  const expected = [
    "LICENSE-APACHE", "LICENSE-MIT", "README.md", "package.json",
    ...modules.flatMap((module) => [`dist/${module}.d.ts`, `dist/${module}.js`]),
  ];
  assert.deepEqual(files.map(({ path }) => path).sort(), expected.sort());
});

test("the manifest has what npm shows, and every export exists", async () => {
  for (const field of ["description", "license", "repository", "homepage", "bugs", "keywords", "engines"]) {
    assert.ok(manifest[field], field);
  }
  for (const entry of Object.keys(manifest.exports).filter((entry) => entry !== "./package.json")) {
    await import(manifest.name + entry.slice(1));
    assert.ok(readFileSync(new URL(manifest.exports[entry].types, root)).length > 0, entry);
  }
});
