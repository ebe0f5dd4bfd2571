// Runs MCP Inspector as a person would, with one command and one response at a time, over both transports and with
// protocol versions before and since 2026-07-28.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { PROGRAM, environment, listening, newNode, run } from './support.mjs'

const INSPECTOR = fileURLToPath(
  new URL('node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url),
)

/** What the inspector prints for a method; `server` is a command or an address. */
async function inspect(server, era, method, ...more) {
  const options = ['--protocol-era', era, '--method', method, '--format', 'json', '--quiet', ...more]
  const command = [INSPECTOR, '--cli', ...server, ...options]
  const { code, output, errors } = await run(newNode(), command, { env: environment() })
  return { code, errors, result: output ? JSON.parse(output).result : undefined }
}

const TRANSPORTS = ['stdin and stdout', 'HTTP']
for (const transport of TRANSPORTS) {
  describe(`the inspector over ${transport}`, { concurrency: 2 }, () => {
    let server
    let three
    let all
    before(async () => {
      if (transport === 'HTTP') {
        const start = (...more) => listening(['mcp', '--sandbox', '--listen', '127.0.0.1:0', ...more])
        server = [await start(), await start('--tools', 'all')]
        const [first, second] = server.map(({ host }) => [`http://${host}/mcp`, '--transport', 'http'])
        three = first
        all = second
      } else {
        three = [PROGRAM, 'mcp', '--sandbox']
        all = [...three, '--tools', 'all']
      }
    })
    after(() => Promise.all((server ?? []).map(({ stop }) => stop())))

    test('lists all tools, and no schema has an error', { timeout: 90_000 }, async () => {
      const { code, result, errors } = await inspect(all, 'modern', 'tools/list', '--strict')
      assert.equal(code, 0, errors.slice(0, 2000))
      assert.equal(new Set(result.tools.map((tool) => tool.name)).size, 3053)
    })

    for (const era of ['legacy', 'modern']) {
      test(`calls, reads and prompts (${era})`, { timeout: 90_000 }, async () => {
        const calling = ['--tool-name', 'list_all_company_companies', '--tool-arg', 'pageSize=2', 'orderBy=id desc']
        const found = await inspect(three, era, 'tools/call', ...calling)
        assert.equal(found.code, 0, found.errors)
        const { result, next } = found.result.structuredContent
        assert.deepEqual([result.length, result[0].id > result[1].id, next.pageSize], [2, true, 2])
        const page = await inspect(three, era, 'resources/read', '--uri', 'cwpsa://modules/time')
        assert.match(page.result.contents[0].text, /^# time tools/)
        const args = ['ticket=8812', 'minutes=30', 'role=Engineer'].flatMap((pair) => ['--prompt-args', pair])
        const prompt = await inspect(three, era, 'prompts/get', '--prompt-name', 'time_entry', ...args)
        assert.match(prompt.result.messages[0].content.text, /30 billable minutes on ticket 8812/)
      })
    }

    test('fails where a tool does', { timeout: 90_000 }, async () => {
      const calling = ['--tool-name', 'call_tool', '--tool-arg', 'name=list_all_tickts']
      const { code, result } = await inspect(three, 'legacy', 'tools/call', ...calling)
      assert.notEqual(code, 0)
      assert.equal(result.structuredContent.error.kind, 'unknown_tool')
    })
  })
}
