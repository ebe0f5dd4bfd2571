// The server at CWPSA_URL, or a server with a mock ConnectWise server that is started for the example. To use your own
// account, start `cwpsa serve` yourself, and set CWPSA_URL and CWPSA_ACCOUNT.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Returns the path of the `cwpsa` program. */
export const program = () => process.env.CWPSA_BIN ?? "cwpsa";

/** The account whose tools are used. The mock server has a single account. */
export const account = () => (process.env.CWPSA_URL && process.env.CWPSA_ACCOUNT) || "acme";

/** Returns the server URL. A server started here stops when this process exits. */
export async function server() {
  return process.env.CWPSA_URL || start();
}

/** Starts a server with a mock ConnectWise server and additional flags, and returns its URL. It stops when this process exits. */
export async function start(flags = []) {
  const args = ["serve", "--sandbox", "--listen", "127.0.0.1:0", ...flags];
  const child = spawn(program(), args, { stdio: ["ignore", "ignore", "pipe"] });
  process.on("exit", () => child.kill());
  const [line] = await Promise.race([
    once(createInterface(child.stderr), "line"),
    once(child, "error").then(([error]) => { throw new Error(`${program()}: ${error.message}`); }),
  ]);
  // From here on, the server doesn't keep this process alive.
  child.unref();
  child.stderr.unref();
  const address = /http:\/\/[^/\s]+/.exec(line)?.[0];
  if (!address) throw new Error(`${program()} didn't print its address: ${line}`);
  return address;
}
