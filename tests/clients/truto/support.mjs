// Runs the sandbox and the server as processes. CWPSA and CWPSA_SANDBOX_PROGRAM are the paths of the two programs;
// `cargo xtask test` builds the programs and sets both variables.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const { CWPSA, CWPSA_SANDBOX_PROGRAM } = process.env
if (!CWPSA || !CWPSA_SANDBOX_PROGRAM) throw new Error('CWPSA and CWPSA_SANDBOX_PROGRAM must name the programs to test')

export const TOKEN = 'sesame'

/** Starts a program and waits until it says where it listens: `{ host, stop }`. */
async function listening(program, args, settings) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('CWPSA_'))
  const env = { ...Object.fromEntries(own), ...settings }
  const child = spawn(program, [...args, '--listen', '127.0.0.1:0'], { env, stdio: ['ignore', 'inherit', 'pipe'] })
  const ended = once(child, 'exit')
  const said = []
  const host = new Promise((resolve) => {
    // Reads on after that, so that the program can go on writing.
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line)
      const found = line.match(/https?:\/\/(127\.0\.0\.1:\d+)\//)
      if (found) resolve(found[1])
    })
  })
  const failed = ended.then(() => {
    throw new Error(`${program} ended: ${said.join('\n')}`)
  })
  const stop = async () => {
    child.kill()
    await ended
  }
  return { host: await Promise.race([host, failed]), stop }
}

/** A server for the account `acme`, and behind it a sandbox with more flags: `{ url, faults, stop }`. */
export async function servers(...flags) {
  const sandbox = await listening(CWPSA_SANDBOX_PROGRAM, flags, {})
  const server = await listening(CWPSA, ['serve'], {
    CWPSA_BASE_URL: `http://${sandbox.host}/v4_6_release/apis/3.0`,
    CWPSA_COMPANY_ID: 'acme',
    CWPSA_PUBLIC_KEY: 'public',
    CWPSA_PRIVATE_KEY: 'private',
    CWPSA_CLIENT_ID: 'tests',
    CWPSA_TOKEN: TOKEN,
  })
  return {
    url: `http://${server.host}`,
    /** Sets the sandbox's only fault, or none; without an argument, tells how often its rule met a request. */
    async faults(rule) {
      const body = rule === undefined ? {} : { method: 'PUT', body: JSON.stringify({ rules: rule ? [rule] : [] }) }
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(`http://${sandbox.host}/_sandbox/faults`, { ...body, headers })
      if (!response.ok) throw new Error(await response.text())
      return (await response.json()).rules[0]
    },
    async stop() {
      await server.stop()
      await sandbox.stop()
    },
  }
}
