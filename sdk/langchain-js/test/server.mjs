// Runs `cwpsa` (the program that CWPSA_BIN points to) while the tests run.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { after } from "node:test";
import { createInterface } from "node:readline";

const children = [];
after(() => children.forEach((child) => child.kill()));

/** Starts the server with `args`, waits until it prints its address, and returns the address. */
export async function start(args, env = {}) {
  const program = process.env.CWPSA_BIN ?? "cwpsa";
  const child = spawn(program, [...args, "--listen", "127.0.0.1:0"], {
    env: { PATH: process.env.PATH, ...env }, stdio: ["ignore", "ignore", "pipe"],
  });
  children.push(child);
  const lines = createInterface(child.stderr);
  const [line] = await once(lines, "line");
  const address = /http:\/\/[^/\s]+/.exec(line)?.[0];
  if (!address) throw new Error(`${program} did not say where it listens: ${line}`);
  return address;
}
