// A client that sends the same requests as `@truto/langchain-toolset` and its SDK, and interprets responses as they do:
// which words are joined, what is omitted, what is retried and when. It reproduces their quirks on purpose, because a server
// has to cope with them. `log` contains every request that was sent.

/** The statuses after which a request is retried, even if it is a POST. */
const REPEATED = [408, 409, 425, 429, 502, 503, 504]
const ATTEMPTS = 3
const ATTEMPT_TIMEOUT = 30_000
/** Seconds to wait after a 429 that does not say how long. */
const WAIT = 10

/** An object of tools by name: `{ name, description, schema, invoke }`. */
export async function getTools(account, { truto, methods, tags, log = [] }) {
  const sdk = new Sdk(truto, log)
  const query = new URLSearchParams()
  if (methods) query.set('methods', methods.join(','))
  if (tags) query.set('tags', tags.join(','))
  const response = await sdk.send('GET', `/integrated-account/${account}/tools?${query}`)
  if (!response.ok) throw await trutoError(response)
  const tools = {}
  for (const tool of (await response.json()).result ?? []) tools[tool.name] = sdk.tool(account, tool)
  return tools
}

class Sdk {
  constructor({ token, baseUrl }, log) {
    Object.assign(this, { token, baseUrl, log })
  }

  /** Sends a request, again where the SDK does; the last answer counts. */
  async send(method, path, body) {
    const headers = { accept: 'application/json', authorization: `Bearer ${this.token}`, 'user-agent': 'truto-ts-sdk/2.0.12' }
    if (body !== undefined) headers['content-type'] = 'application/json'
    for (let attempt = 1; ; attempt += 1) {
      const signal = AbortSignal.timeout(ATTEMPT_TIMEOUT)
      const started = performance.now()
      const response = await fetch(`${this.baseUrl}${path}`, { method, headers, body: JSON.stringify(body), signal })
      const took = performance.now() - started
      this.log.push({ method, path, body, status: response.status, headers: response.headers, took })
      if (attempt === ATTEMPTS || !REPEATED.includes(response.status)) return response
      if (response.status === 429) {
        const wait = Number(response.headers.get('retry-after') ?? WAIT)
        // Nought, and a date, mean that it is not worth another try.
        if (!(wait > 0)) return response
        await new Promise((resolve) => setTimeout(resolve, wait * 1000))
      }
      await response.body?.cancel()
    }
  }

  tool(account, { name, description, resource, method, query_schema: query, body_schema: body, required }) {
    const members = { ...query?.properties, ...body?.properties }
    const schema = { type: 'object', properties: members, required }
    const invoke = async (args = {}) => {
      // No detail, and no request.
      if (!fits(args, schema)) throw new Error('Received tool input did not match expected schema')
      const found = (of) => Object.entries(args).filter(([name]) => name in (of?.properties ?? {}))
      const queried = { resource, integrated_account_id: account, ...Object.fromEntries(found(query)) }
      const { resource: to, ...rest } = queried
      const sent = Object.fromEntries(found(body))
      const one = () => `/proxy/${to}/${encodeURIComponent(args.id)}?${bracketed(rest)}`
      const many = (more) => `/proxy/${to}?${bracketed({ ...rest, ...more })}`
      const response = await {
        list: () => this.send('GET', many({ next_cursor: args.next_cursor ?? '' })),
        get: () => this.send('GET', one()),
        create: () => this.send('POST', many(), sent),
        update: () => this.send('PATCH', one(), sent),
        delete: () => this.send('DELETE', one()),
        custom: () => this.send('POST', `/proxy/${to}/${method}?${bracketed(rest)}`, sent),
      }[['list', 'get', 'create', 'update', 'delete'].includes(method) ? method : 'custom']()
      if (!response.ok) return await trutoError(response)
      if (response.status === 204) return {}
      const json = await response.json().catch(() => ({}))
      return method === 'list' ? { items: json.result, nextCursor: json.next_cursor } : json
    }
    return { name, description, resource, method, schema, invoke }
  }
}

/** What a model is given in the place of an answer: an error is no exception. */
async function trutoError(response) {
  const { status: statusCode, statusText } = response
  const data = await response.json().catch(() => undefined)
  return { statusCode, statusText, response: {}, data, name: 'TrutoError' }
}

/** `a[0]=x&a[1][b]=y`, names and values encoded. */
function bracketed(members) {
  const pairs = []
  const walk = (name, value) => {
    if (value === undefined) return
    if (value === null || typeof value !== 'object') pairs.push([name, value ?? ''])
    else for (const [member, inner] of Object.entries(value)) walk(`${name}[${member}]`, inner)
  }
  for (const [name, value] of Object.entries(members)) walk(name, value)
  return pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')
}

/** As much of JSON Schema as the tour needs: required members, and types of members. */
function fits(args, { properties, required }) {
  const is = (value, type) =>
    ({
      string: typeof value === 'string',
      integer: Number.isInteger(value),
      number: typeof value === 'number',
      boolean: typeof value === 'boolean',
      array: Array.isArray(value),
      object: value !== null && typeof value === 'object' && !Array.isArray(value),
      null: value === null,
    })[type]
  const typed = ([name, value]) => {
    const type = properties[name]?.type
    return type === undefined || [type].flat().some((one) => is(value, one))
  }
  return (required ?? []).every((name) => args[name] !== undefined) && Object.entries(args).every(typed)
}
