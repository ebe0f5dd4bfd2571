// The test that every client must pass, with every protocol version and transport. The server runs with --sandbox, so there
// are records to read, and no real ones can be damaged.

import assert from 'node:assert/strict'

/** The answer of a tool, which is structured content and the same as text. */
function content(result) {
  assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent)
  return result.structuredContent
}

/** `client` has the methods of the SDK's; `call(params, options)` calls a tool. */
export async function tour(context, client, call) {
  const done = async (name, args, options) => {
    const result = await call({ name, arguments: args }, options)
    assert.ok(!result.isError, JSON.stringify(result))
    return content(result)
  }
  const refused = async (name, args) => {
    const result = await call({ name, arguments: args })
    assert.equal(result.isError, true, JSON.stringify(result))
    return content(result).error
  }
  const step = (name, body) => context.test(name, { timeout: 30_000 }, body)

  await step('lists the four tools and those pinned beside them', async () => {
    const { tools } = await client.listTools()
    const names = tools.map((tool) => tool.name)
    assert.deepEqual(names.slice(0, 4), ['search_tools', 'describe_tools', 'read_tool', 'call_tool'])
    assert.deepEqual(names.slice(4), ['list_all_tickets', 'list_all_company_companies'])
    for (const tool of tools) {
      assert.ok(tool.title && tool.description && tool.inputSchema.type === 'object', tool.name)
      assert.equal(tool.annotations.readOnlyHint, tool.name !== 'call_tool', tool.name)
    }
  })

  await step('searches, describes and calls', async () => {
    const found = await done('search_tools', { query: 'open a new service ticket', limit: 5 })
    assert.ok(found.tools.some((tool) => tool.name === 'create_a_ticket'), JSON.stringify(found))
    const { tools } = await done('describe_tools', { names: ['create_a_ticket'], output: true })
    assert.ok(tools[0].input_schema.required.includes('summary'))
    assert.ok(tools[0].output_schema.properties.id)
    const companies = await done('list_all_company_companies', { pageSize: 1, fields: 'id' })
    const summary = `Café "${Date.now()}"`
    const args = { summary, company: { id: companies.result[0].id } }
    const created = await done('call_tool', { name: 'create_a_ticket', arguments: args })
    const { id } = created.result
    const read = await done('read_tool', { name: 'get_single_ticket_by_id', arguments: { id } })
    assert.equal(read.result.summary, summary)
    await done('call_tool', { name: 'delete_a_ticket_by_id', arguments: { id } })
    const gone = await refused('read_tool', { name: 'get_single_ticket_by_id', arguments: { id } })
    assert.equal(gone.status, 404)
  })

  await step('is told what would work', async () => {
    const write = await refused('read_tool', { name: 'create_a_ticket', arguments: {} })
    assert.equal(write.kind, 'not_read_only')
    const misspelt = await refused('read_tool', { name: 'list_all_tickts' })
    assert.equal(misspelt.kind, 'unknown_tool')
    assert.match(misspelt.next_step, /list_all_\w*tickets/)
    const wrong = await refused('list_all_tickets', { pageSize: 'many' })
    assert.equal(wrong.kind, 'invalid_arguments')
    assert.equal(wrong.fields[0].pointer, '/pageSize')
    const missing = await refused('call_tool', { name: 'create_a_ticket', arguments: {} })
    assert.ok(missing.fields.some((field) => field.pointer === '/summary'), JSON.stringify(missing))
    assert.equal((await refused('search_tools', {})).fields[0].pointer, '/query')
  })

  await step('walks over pages, and hears how far it is', async () => {
    const all = await done('list_all_company_companies', { pageSize: 1000, fields: 'id', orderBy: 'id' })
    assert.ok(all.result.length > 4 && !all.next)
    const page = await done('list_all_company_companies', { pageSize: 2, fields: 'id', orderBy: 'id' })
    assert.equal(page.result.length, 2)
    const next = await done('list_all_company_companies', page.next)
    assert.deepEqual([...page.result, ...next.result].map((row) => row.id), all.result.slice(0, 4).map((row) => row.id))

    const heard = []
    const args = { name: 'list_all_company_companies', arguments: { pageSize: 2, fields: 'id', orderBy: 'id' }, all_pages: true }
    const walked = await done('read_tool', args, { onprogress: (progress) => heard.push(progress.progress) })
    assert.deepEqual(walked.result.map((row) => row.id), all.result.map((row) => row.id))
    const rows = all.result.length
    const told = Array.from({ length: Math.ceil(rows / 2) }, (_, at) => Math.min(2 * at + 2, rows))
    // The SDK forgets who listens as soon as the answer is there, and what came with it in one piece goes unheard.
    assert.ok(heard.length > 0)
    assert.deepEqual(heard, told.slice(0, heard.length))
  })

  await step('gets prompts', async () => {
    const { prompts } = await client.listPrompts()
    assert.deepEqual(prompts.map((prompt) => prompt.name), ['procurement', 'warranty_audit', 'time_entry'])
    for (const { name, arguments: wanted } of prompts) {
      const args = Object.fromEntries(wanted.map((argument) => [argument.name, `<${argument.name}>`]))
      const { messages } = await client.getPrompt({ name, arguments: args })
      assert.equal(messages.length, 1)
      for (const value of Object.values(args)) assert.ok(messages[0].content.text.includes(value), `${name} ${value}`)
    }
    await assert.rejects(client.getPrompt({ name: 'time_entry', arguments: {} }), (error) => {
      assert.equal(error.code, -32602)
      assert.match(error.message, /"ticket" is required/)
      return true
    })
  })

  await step('reads a resource of each kind', async () => {
    const { resources } = await client.listResources()
    assert.ok(resources.length > 10)
    const module = resources.find((resource) => resource.uri === 'cwpsa://modules/procurement')
    const page = (await client.readResource({ uri: module.uri })).contents[0]
    assert.equal(page.mimeType, 'text/markdown')
    assert.match(page.text, /^- `create_a_procurement_purchaseorder`: /m)
    const { resourceTemplates } = await client.listResourceTemplates()
    const templates = resourceTemplates.map((template) => template.uriTemplate)
    const wanted = ['cwpsa://tools/{name}', 'cwpsa://tools/{name}/{argument}{?value}', 'cwpsa://modules/{module}']
    assert.deepEqual(templates, wanted)
    const uri = 'cwpsa://tools/create_a_time_entry/chargeToType'
    const argument = JSON.parse((await client.readResource({ uri })).contents[0].text)
    assert.ok(argument.values.some(({ value }) => value === 'ServiceTicket'), JSON.stringify(argument))
    const tool = (await client.readResource({ uri: 'cwpsa://tools/create_a_ticket' })).contents[0]
    assert.ok(JSON.parse(tool.text).input_schema.properties.summary)
    await assert.rejects(client.readResource({ uri: 'cwpsa://tools/no_such_tool' }), /unknown resource "cwpsa:/)
  })

  await step('completes names and values', async () => {
    const complete = async (ref, name, value) =>
      (await client.complete({ ref, argument: { name, value } })).completion
    const template = { type: 'ref/resource', uri: 'cwpsa://tools/{name}' }
    const tools = await complete(template, 'name', 'purchaseorder')
    assert.ok(tools.values.includes('create_a_procurement_purchaseorder'))
    const many = await complete(template, 'name', '')
    assert.deepEqual([many.values.length, many.hasMore], [100, true])
    const prompt = { type: 'ref/prompt', name: 'procurement' }
    const { result } = await done('list_all_company_companies', { pageSize: 1000, fields: 'name' })
    const name = result[0].name
    const companies = await complete(prompt, 'company', name.slice(0, 5))
    assert.ok(companies.values.includes(name), JSON.stringify(companies))
    assert.deepEqual((await complete(prompt, 'quantity', '1')).values, [])
  })
}

/** All tools by pages, which version 2 of the SDK asks for itself: as many as the API has, none of them twice. */
export async function allTools(client, { asksForAll }) {
  const names = []
  let cursor
  let pages = 0
  do {
    const page = await client.listTools(cursor ? { cursor } : {})
    names.push(...page.tools.map((tool) => tool.name))
    cursor = page.nextCursor
    pages += 1
  } while (cursor)
  assert.deepEqual([names.length, new Set(names).size], [3053, 3053])
  assert.equal(pages, asksForAll ? 1 : 13)
  const unknown = client.listTools({ cursor: 'nonsense' })
  await assert.rejects(unknown, (error) => error.code === -32602)
}

/** A call is given up, and the request to the API ends with it. `upstream` is [`silent`]. */
export async function cancelled(call, upstream) {
  const giveUp = new AbortController()
  const result = call({ name: 'list_all_tickets', arguments: {} }, { signal: giveUp.signal })
  const failed = assert.rejects(result)
  const asked = await upstream.asked
  assert.equal(asked.closed, false)
  giveUp.abort('not wanted any more')
  await failed
  await asked.end
  assert.equal(asked.closed, true)
}
