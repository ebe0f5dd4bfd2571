// A mock API that never responds, to test what happens to the request when a call is canceled.

import { once } from 'node:events'
import { createServer } from 'node:http'

/** `asked` resolves at the first request, to `{ closed, end }`; `settings` are those of an account that leads here. */
export async function silent() {
  let first
  const asked = new Promise((resolve) => (first = resolve))
  const server = createServer((request, response) => {
    const state = { closed: false }
    state.end = once(response, 'close').then(() => (state.closed = true))
    first(state)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const settings = {
    CWPSA_BASE_URL: `http://127.0.0.1:${server.address().port}/v4_6_release/apis/3.0`,
    CWPSA_COMPANY_ID: 'acme',
    CWPSA_PUBLIC_KEY: 'public',
    CWPSA_PRIVATE_KEY: 'private',
    CWPSA_CLIENT_ID: 'tests',
  }
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { asked, settings, stop }
}
