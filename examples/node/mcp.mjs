// Looks up stock with an MCP client. The server lists meta-tools for finding, describing and calling any other tool; the
// steps are the same as a model's. Run it with `node mcp.mjs`.

import assert from "node:assert/strict";

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

import { show, STOCK as job } from "./job.mjs";
import { server } from "./server.mjs";

const url = new URL("/mcp", await server());
const token = process.env.CWPSA_TOKEN;
const client = new Client({ name: "example", version: "1.0.0" });
const requestInit = { headers: token ? { authorization: `Bearer ${token}` } : {} };
await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));

/** Calls a tool and returns its result. */
async function call(name, args) {
  show("calls", `${name} ${JSON.stringify(args)}`);
  const { isError, structuredContent, content } = await client.callTool({ name, arguments: args });
  assert.ok(!isError, content[0]?.text);
  return structuredContent ?? JSON.parse(content[0].text);
}

const { tools } = await client.listTools();
show("offers", tools.map(({ name }) => name).join(", "));
const found = JSON.stringify(await call("search_tools", { query: "stock on hand by warehouse" }));
show("finds", found);
const described = JSON.stringify(await call("describe_tools", { names: ["list_all_inventory_on_hands"] }));
assert.match(described, /catalogItemId/);
const results = [];
for (;;) {
  const { answer, name, args } = job.next(results);
  if (answer) {
    show("answers", answer);
    assert.match(found, /list_all_inventory_on_hands/);
    job.check(answer);
    break;
  }
  results.push(await call("read_tool", { name, arguments: args }));
}
await client.close();
