// Tests the clients in versions 1 and 2 of the TypeScript SDK, with every protocol version that they support and every way
// to reach the server: stdin and stdout, `cwpsa mcp --listen`, `cwpsa serve`.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client'
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio'
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

import { PROGRAM, environment, listening } from './support.mjs'
import { allTools, cancelled, tour } from './tour.mjs'
import { silent } from './upstream.mjs'

const ME = { name: 'tour', version: '1.0.0' }
const CLIENTS = {
  'SDK 1': { version: '2025-11-25', Client: Client1, Stdio: Stdio1, Http: Http1, options: {} },
  'SDK 2 of old': { version: '2025-06-18', Client: Client2, Stdio: Stdio2, Http: Http2, options: { supportedProtocolVersions: ['2025-06-18'] } },
  'SDK 2 without initialize': { version: '2026-07-28', Client: Client2, Stdio: Stdio2, Http: Http2, options: { versionNegotiation: { mode: { pin: '2026-07-28' } } } },
}

/** A client that is connected, `how` being the arguments of a process or the address of a server. */
async function connect({ Client, Stdio, Http, options, version }, how, settings = {}) {
  const client = new Client(ME, options)
  const transport =
    how instanceof URL
      ? new Http(how)
      : new Stdio({ command: PROGRAM, args: how, env: environment(settings), stderr: 'ignore' })
  await client.connect(transport)
  const spoken = client.getNegotiatedProtocolVersion?.() ?? transport.protocolVersion
  if (spoken) assert.equal(spoken, version)
  assert.equal(client.getServerVersion().name, 'connectwise')
  assert.match(client.getInstructions(), /ConnectWise PSA/)
  // Version 1 has a schema between the two.
  const call = (params, more) =>
    Client === Client1 ? client.callTool(params, undefined, more) : client.callTool(params, more)
  return { client, call }
}

// One server of each kind for all clients: what it makes at the first question, it makes once.
const servers = {}
before(async () => {
  const start = (command, ...more) => listening([command, '--sandbox', '--listen', '127.0.0.1:0', ...more])
  servers.mcp = await start('mcp')
  servers.serve = await start('serve')
  servers.all = await start('mcp', '--tools', 'all')
})
after(() => Promise.all(Object.values(servers).map(({ stop }) => stop())))
const address = (server) => new URL(`http://${server.host}/mcp`)

for (const [name, make] of Object.entries(CLIENTS)) {
  describe(`${name}, ${make.version}`, () => {
    test('over stdin and stdout', async (context) => {
      const { client, call } = await connect(make, ['mcp', '--sandbox'])
      context.after(() => client.close())
      await tour(context, client, call)
    })

    test('over stdin and stdout, all tools by pages', async (context) => {
      const { client } = await connect(make, ['mcp', '--sandbox', '--tools', 'all'])
      context.after(() => client.close())
      await allTools(client, { asksForAll: make.Client === Client2 })
    })

    test('over stdin and stdout, a call given up', { timeout: 30_000 }, async (context) => {
      const upstream = await silent()
      context.after(() => upstream.stop())
      const { client, call } = await connect(make, ['mcp'], upstream.settings)
      context.after(() => client.close())
      await cancelled(call, upstream)
    })

    for (const command of ['mcp', 'serve']) {
      test(`over HTTP from cwpsa ${command}`, async (context) => {
        const { client, call } = await connect(make, address(servers[command]))
        context.after(() => client.close())
        await tour(context, client, call)
      })

      test(`over HTTP from cwpsa ${command}, a call given up`, { timeout: 30_000 }, async (context) => {
        const upstream = await silent()
        context.after(() => upstream.stop())
        const server = await listening([command, '--listen', '127.0.0.1:0'], upstream.settings)
        context.after(() => server.stop())
        const { client, call } = await connect(make, address(server))
        context.after(() => client.close())
        await cancelled(call, upstream)
      })
    }

    test('over HTTP, all tools by pages', async (context) => {
      const { client } = await connect(make, address(servers.all))
      context.after(() => client.close())
      await allTools(client, { asksForAll: make.Client === Client2 })
    })
  })
}

describe('an address with a token in it', () => {
  let server
  before(async () => (server = await listening(['serve', '--sandbox', '--listen', '127.0.0.1:0'], { CWPSA_TOKEN: 'sesame' })))
  after(() => server.stop())

  /** Asks for an address for the account of the sandbox. */
  async function token(config, more = {}) {
    const response = await fetch(`http://${server.host}/integrated-account/acme/mcp`, {
      method: 'POST',
      headers: { authorization: 'Bearer sesame', 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'tour', config, ...more }),
    })
    return { status: response.status, ...(await response.json()) }
  }

  for (const [name, make] of Object.entries(CLIENTS)) {
    test(`limits ${name} to what it is for`, async (context) => {
      const { url, status } = await token({ methods: ['read'], tags: ['service'] })
      assert.equal(status, 201)
      const { client, call } = await connect(make, new URL(url))
      context.after(() => client.close())
      const found = await call({ name: 'search_tools', arguments: { query: 'create a ticket', limit: 50 } })
      const names = found.structuredContent.tools.map((tool) => tool.name)
      assert.ok(names.length > 0 && names.every((name) => /^(list_all|get_single|count)_/.test(name)), names.join(' '))
      const read = await call({ name: 'read_tool', arguments: { name: 'list_all_tickets', arguments: { pageSize: 1 } } })
      assert.equal(read.structuredContent.result.length, 1)
      for (const refused of ['create_a_ticket', 'list_all_company_companies']) {
        const result = await call({ name: 'call_tool', arguments: { name: refused, arguments: {} } })
        assert.equal(result.isError, true)
        assert.equal(result.structuredContent.error.kind, 'not_offered')
      }
    })
  }

  test('is refused where nothing is left, where it ran out, and where it was changed', async () => {
    assert.equal((await token({ methods: ['nothing'] })).status, 400)
    assert.equal((await token({ methods: ['read'] }, { expires_at: '2020-01-01T00:00:00Z' })).status, 400)
    const past = await token({ methods: ['read'] }, { expires_at: new Date(Date.now() + 1000).toISOString() })
    await new Promise((resolve) => setTimeout(resolve, 2100))
    const { url } = await token({ methods: ['read'] })
    const changed = url.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    const own = `http://${server.host}/mcp`
    for (const refused of [past.url, changed, own]) {
      const client = new Client2(ME)
      await assert.rejects(client.connect(new Http2(new URL(refused))), /401|nauthorized/)
    }
  })
})
