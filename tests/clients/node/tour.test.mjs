// Tests the sandbox with connectwise-rest, a third-party client: everything that works with a real server must
// also work here. The client supports only HTTPS. The server's address, the keys and the certificate to trust come from
// environment variables; `cargo xtask test --clients` starts a server and sets them. To run the test yourself:
//
//   cwpsa-sandbox --tls ~/sandbox-tls
//   NODE_EXTRA_CA_CERTS=~/sandbox-tls/cert.pem node --test tour.test.mjs

import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { after, before, test } from 'node:test'

import connectwise from 'connectwise-rest'

const { ManageAPI, utils } = connectwise
const { SANDBOX_HOST: host = '127.0.0.1:9090', SANDBOX_COMPANY: companyId = 'acme' } = process.env
const { SANDBOX_PUBLIC_KEY: publicKey = 'public', SANDBOX_PRIVATE_KEY: privateKey = 'private' } = process.env

function client(options = {}) {
  return new ManageAPI({
    companyId, publicKey, privateKey, companyUrl: host, clientId: 'tour', logger: () => {}, ...options,
  })
}

const cwm = client()
const run = Date.now().toString(36)
let company
let tickets

before(async () => {
  company = await cwm.CompanyAPI.postCompanyCompanies({
    identifier: `node${run}`, name: `Node's "tour" ${run}`, addressLine1: '1 Road',
  })
  tickets = []
  for (let number = 1; number <= 7; number += 1) {
    const summary = number % 2 ? `Disk "C:\\" is full (${number})` : `Printer's jam (${number})`
    tickets.push(await cwm.ServiceAPI.postServiceTickets({ summary, company: { id: company.id } }))
  }
})

test('records come back with ids', () => {
  assert.ok(company.id > 0)
  assert.equal(new Set(tickets.map((ticket) => ticket.id)).size, 7)
  assert.equal(tickets[0].company.id, company.id)
})

test('wrong keys are refused', async () => {
  const stranger = client({ privateKey: 'wrong' })
  await assert.rejects(stranger.ServiceAPI.getServiceTickets({}), { status: 401 })
})

test('a list takes conditions', async () => {
  const mine = `company/id=${company.id}`
  const found = await cwm.ServiceAPI.getServiceTickets({
    conditions: `${mine} and summary contains "DISK \\"C:\\\\\\" is"`, orderBy: 'id desc',
  })
  assert.deepEqual(found.map((ticket) => ticket.id), [6, 4, 2, 0].map((at) => tickets[at].id))
  const like = await cwm.ServiceAPI.getServiceTickets({ conditions: `${mine} and summary like 'Printer\\'s*'` })
  assert.equal(like.length, 3)
  const ids = tickets.slice(0, 2).map((ticket) => ticket.id).join(',')
  assert.equal((await cwm.ServiceAPI.getServiceTickets({ conditions: `id in (${ids})` })).length, 2)
  await assert.rejects(cwm.ServiceAPI.getServiceTickets({ conditions: 'nothing = 1' }), (error) => {
    assert.equal(error.status, 400)
    assert.equal(error.data.code, 'ApiFindCondition')
    assert.equal(error.data.message, 'nothing is not a recognized name.')
    return true
  })
})

test('a count counts what the list shows', async () => {
  const counted = await cwm.ServiceAPI.getServiceTicketsCount({ conditions: `company/id=${company.id}` })
  assert.deepEqual(counted, { count: 7 })
})

test('the client pages to the end', async () => {
  for (const pageSize of [3, 7, 100]) {
    const all = await cwm.paginate(
      cwm.ServiceAPI.getServiceTickets, { pageSize }, { conditions: `company/id=${company.id}`, orderBy: 'id asc' },
    )
    assert.deepEqual(all.map((ticket) => ticket.id), tickets.map((ticket) => ticket.id), `pages of ${pageSize}`)
  }
})

test('a patch changes a record', async () => {
  const { id } = tickets[1]
  const operation = { op: 'replace', path: 'summary', value: 'Käse' }
  assert.equal((await cwm.ServiceAPI.patchServiceTicketsById(id, [operation])).summary, 'Käse')
  assert.equal((await cwm.ServiceAPI.getServiceTicketsById(id)).summary, 'Käse')
})

test('a deleted record is gone', async () => {
  const extra = await cwm.ServiceAPI.postServiceTickets({ summary: 'Extra', company: { id: company.id } })
  await cwm.ServiceAPI.deleteServiceTicketsById(extra.id)
  await assert.rejects(cwm.ServiceAPI.getServiceTicketsById(extra.id), (error) => {
    assert.equal(error.status, 404)
    assert.equal(error.data.code, 'NotFound')
    return true
  })
})

test('callbacks arrive, and the client can verify them', async (t) => {
  const posts = []
  const receiver = http.createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (part) => { text += part })
    request.on('end', () => {
      posts.push({ url: request.url, signature: request.headers['x-content-signature'], text })
      response.end()
      receiver.emit('post')
    })
  })
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  t.after(() => receiver.close())

  const callback = await cwm.SystemAPI.postSystemCallbacks({
    url: `http://127.0.0.1:${receiver.address().port}/hook?recordId=`, type: 'ticket', level: 'ticket',
    objectId: tickets[0].id, description: 'tour',
  })
  const arrived = once(receiver, 'post', { signal: AbortSignal.timeout(10_000) })
  const summary = 'Zoë’s disk \u0007 </script> 😀'
  await cwm.ServiceAPI.patchServiceTicketsById(tickets[0].id, [{ op: 'replace', path: 'summary', value: summary }])
  await arrived
  await cwm.SystemAPI.deleteSystemCallbacksById(callback.id)

  const [{ url, signature, text }] = posts
  assert.equal(url, `/hook?recordId=${tickets[0].id}&action=updated`)
  const body = JSON.parse(text)
  assert.equal(body.ID, tickets[0].id)
  assert.equal(JSON.parse(body.Entity).id, tickets[0].id)
  // `utils.verifyCallback` parses the key's answer twice, which no JSON survives; so the key is read here.
  const key = await (await fetch(body.Metadata.key_url)).json()
  assert.equal(utils.Callback.verifyMessage(body, signature, key.signing_key), true)
  assert.equal(utils.Callback.verifyMessage({ ...body, ID: -1 }, signature, key.signing_key), false)
  assert.equal(utils.Callback.verifyMessage(body, signature, 'another key'), false)
})

after(async () => {
  for (const { id } of tickets ?? []) {
    await cwm.ServiceAPI.deleteServiceTicketsById(id)
  }
})
