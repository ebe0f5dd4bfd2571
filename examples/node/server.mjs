// The server: the one that CWPSA_URL names, or one with a mock ConnectWise server, started for the example. For an
// account of your own, start `cwpsa serve` yourself, and name it with CWPSA_URL and the account with CWPSA_ACCOUNT.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** The path of the program `cwpsa`. */
export const program = () => process.env.CWPSA_BIN ?? "cwpsa";

/** The account whose tools are used. The mock server has one. */
export const account = () => (process.env.CWPSA_URL && process.env.CWPSA_ACCOUNT) || "acme";

/** Returns the URL of a server that ends with this process. */
export async function server() {
  return process.env.CWPSA_URL || start();
}

/** Starts a server with a mock ConnectWise server and further flags. Returns its URL; it ends with this process. */
export async function start(flags = []) {
  const args = ["serve", "--sandbox", "--listen", "127.0.0.1:0", ...flags];
  const child = spawn(program(), args, { stdio: ["ignore", "ignore", "pipe"] });
  process.on("exit", () => child.kill());
  const [line] = await Promise.race([
    once(createInterface(child.stderr), "line"),
    once(child, "error").then(([error]) => { throw new Error(`${program()}: ${error.message}`); }),
  ]);
  // From here on, it doesn't keep this process alive.
  child.unref();
  child.stderr.unref();
  const address = /http:\/\/[^/\s]+/.exec(line)?.[0];
  if (!address) throw new Error(`${program()} did not say where it listens: ${line}`);
  return address;
}
