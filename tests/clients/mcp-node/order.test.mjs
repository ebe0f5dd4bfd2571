// Reads the server's output line by line to check what no client shows: that the server reports progress for every page,
// before it sends the response.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { test } from 'node:test'

import { PROGRAM, environment } from './support.mjs'

for (const version of ['2025-06-18', '2025-11-25']) {
  test(`progress comes in order, in ${version}`, { timeout: 30_000 }, async (context) => {
    const child = spawn(PROGRAM, ['mcp', '--sandbox'], { env: environment(), stdio: ['pipe', 'pipe', 'ignore'] })
    context.after(() => child.kill())
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const read = async () => JSON.parse((await lines.next()).value)
    const send = (message) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
    const clientInfo = { name: 'order', version: '1' }
    send({ id: 1, method: 'initialize', params: { protocolVersion: version, capabilities: {}, clientInfo } })
    assert.equal((await read()).result.protocolVersion, version)
    send({ method: 'notifications/initialized' })
    const walk = { name: 'list_all_company_companies', arguments: { pageSize: 2, fields: 'id' }, all_pages: true }
    send({ id: 2, method: 'tools/call', params: { name: 'call_tool', arguments: walk, _meta: { progressToken: 'w' } } })
    const messages = []
    do messages.push(await read())
    while (messages.at(-1).id !== 2)
    const { result } = messages.pop().result.structuredContent
    const told = messages.map(({ method, params }) => [method, params.progressToken, params.progress])
    const pages = Array.from({ length: Math.ceil(result.length / 2) }, (_, at) => Math.min(2 * at + 2, result.length))
    assert.ok(pages.length > 2)
    assert.deepEqual(told, pages.map((rows) => ['notifications/progress', 'w', rows]))
  })
}
