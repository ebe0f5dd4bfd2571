#!/usr/bin/env node
// Starts the binary of the package for this platform, and ends as it does.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const platform = `${process.platform}-${process.arch}`;
const program = process.platform === "win32" ? "cwpsa.exe" : "cwpsa";

let path;
try {
  path = require.resolve(`@cwpsa/${platform}/bin/${program}`);
} catch {
  console.error(
    `error: the package @cwpsa/${platform} is not installed. Either there is no binary for this platform, ` +
      "or optional dependencies are disabled: install cwpsa again without --omit=optional.",
  );
  process.exit(4);
}

const child = spawn(path, process.argv.slice(2), { stdio: "inherit", windowsHide: true });
// The terminal sends SIGINT to both processes; other signals reach this one alone.
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
process.on("SIGINT", () => {});
child.on("error", (error) => {
  console.error(`error: cannot start ${path}: ${error.message}`);
  process.exit(4);
});
child.on("exit", (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
