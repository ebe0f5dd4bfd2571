// Tests the LangChain and AI SDK tools against a real server. Run with `npm test`; set CWPSA_BIN if `cwpsa` isn't on the path.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { convertToOpenAITool } from "@langchain/core/utils/function_calling";
import { asSchema } from "ai";

import { TrutoToolManager, ToolServerError } from "cwpsa-langchain";
import { listTools, toAiSdkTools } from "cwpsa-langchain/ai-sdk";
import { start } from "./server.mjs";

const PREFIX = "connect_wise_psa_";
const NOTE = `create_a_${PREFIX}ticket_note`;
const TICKET = 8812;

const named = (tools) => Object.fromEntries(tools.map((tool) => [tool.name.replace(PREFIX, ""), tool]));

describe("against a sandbox", () => {
  let manager;
  let server;
  let tools;

  before(async () => {
    server = { baseUrl: `${await start(["serve", "--sandbox"], { CWPSA_TOKEN: "secret" })}/`, apiKey: "secret" };
    manager = new TrutoToolManager(server);
    tools = named(await manager.getTools("acme", { tags: ["service", "procurement", "company"] }));
  });

  test("methods and tags choose", async () => {
    const count = async (wanted) => (await manager.getTools("acme", wanted)).length;
    const [all, reads, writes, customs] = [
      await count(), await count({ methods: ["read"] }), await count({ methods: ["write"] }),
      await count({ methods: ["custom"] }),
    ];
    assert.ok(all > 3000);
    assert.equal(reads + writes + customs, all);
    assert.equal(await count({ methods: ["read", "write", "custom"], tags: [] }), all);
    const notes = await manager.getTools("acme", { methods: ["create"], tags: ["TicketNotes"] });
    assert.ok(notes.some((tool) => tool.name === NOTE) && notes.length < 10);
    assert.deepEqual(await manager.getTools("acme", { methods: ["delete"], tags: ["InventoryOnHands"] }), []);
  });

  test("unknown methods and tags are errors that name the known ones", async () => {
    const rejects = (filter, message) => assert.rejects(manager.getTools("acme", filter), { status: 400, message });
    await rejects({ methods: ["reads"] }, /unknown method "reads" \(expected read, write, custom, .*did you mean read\?/);
    await rejects({ tags: ["TicketsNotes"] }, /unknown tag "TicketsNotes".*service.*did you mean TicketNotes/);
  });

  test("LangChain sends the server's schema unchanged", () => {
    const tool = tools.create_a_ticket_note;
    const sent = convertToOpenAITool(tool).function;
    assert.deepEqual(sent.parameters, tool.remote.schema);
    assert.equal(sent.name, NOTE);
    assert.ok(sent.parameters.required.includes("ticketId"));
  });

  test("a call travels by query, and a filter keeps its types", async () => {
    const found = JSON.parse(await tools.list_all_procurement_catalogs.invoke({
      filter: { identifier: "Cisco Meraki MX64", cost: { ">": 100 } }, fields: "id,identifier", pageSize: 5,
    }));
    assert.deepEqual(found.result, [{ id: 102, identifier: "Cisco Meraki MX64" }]);
    // If the API takes a single string, the server joins the items of a list.
    const list = JSON.parse(await tools.list_all_tickets.invoke({ fields: ["id", "summary"], pageSize: 1 }));
    assert.deepEqual(Object.keys(list.result[0]), ["id", "summary"]);
  });

  test("pages are followed by their cursor", async () => {
    const seen = new Set();
    let cursor;
    do {
      const page = JSON.parse(await tools.list_all_tickets.invoke({ pageSize: 3, fields: "id", next_cursor: cursor }));
      for (const { id } of page.result) seen.add(id);
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
    const { count } = JSON.parse(await tools.count_tickets.invoke({}));
    assert.ok(count > 3);
    assert.equal(seen.size, count);
  });

  test("records are created, read, changed and deleted", async () => {
    const text = 'Ordered as PO #5092: "quotes" & ümlauts';
    const note = JSON.parse(await tools.create_a_ticket_note.invoke({ ticketId: TICKET, text, internalAnalysisFlag: true }));
    const one = { ticketId: TICKET, id: note.id };
    assert.equal(JSON.parse(await tools.get_single_ticket_note_by_id.invoke(one)).text, text);
    await tools.update_a_ticket_note_by_id.invoke({ ...one, text: "Changed" });
    assert.equal(JSON.parse(await tools.get_single_ticket_note_by_id.invoke(one)).text, "Changed");
    assert.equal(await tools.delete_a_ticket_note_by_id.invoke(one), "{}");
    await assert.rejects(tools.get_single_ticket_note_by_id.invoke(one), { status: 404 });
  });

  test("short forms that the server takes are not refused here", async () => {
    const ticket = JSON.parse(await tools.create_a_ticket.invoke({ summary: "Disk", company: 250 }));
    assert.equal(ticket.company.id, 250);
  });

  test("wrong arguments are the server's error, with all that is wrong", async () => {
    await assert.rejects(tools.create_a_ticket_note.invoke({ ticketId: "x", texte: "y" }), (error) => {
      assert.ok(error instanceof ToolServerError);
      assert.equal(error.status, 400);
      assert.match(error.message, /\n\/texte: .* mean text\?\n\/ticketId: expected an integer/);
      return true;
    });
  });

  test("an id that no path can hold is the server's error too, with all that is wrong", async () => {
    for (const id of [undefined, null, "", " ", ".", "..", {}, []]) {
      await assert.rejects(tools.get_single_ticket_by_id.invoke({ id, field: "id" }), (error) => {
        assert.equal(error.status, 400, `${id}: ${error.message}`);
        assert.match(error.message, /\n\/field: .*\n\/id: /);
        return true;
      });
    }
    await assert.rejects(tools.update_a_ticket_note_by_id.invoke({ ticketId: TICKET, text: "x" }), /\/id: "id" is required/);
    await assert.rejects(tools.delete_a_ticket_note_by_id.invoke({ ticketId: TICKET, id: "." }), /\/id: expected an integer/);
  });

  test("a model's call becomes a tool message", async () => {
    const message = await tools.list_all_procurement_catalogs.invoke({
      type: "tool_call", id: "call-1", name: tools.list_all_procurement_catalogs.name, args: { pageSize: 1, fields: "id" },
    });
    assert.equal(message.tool_call_id, "call-1");
    assert.equal(JSON.parse(message.content).result.length, 1);
  });

  test("the address comes from options, variables or the default", async () => {
    const { TRUTO_API_BASE_URL, CWPSA_URL } = process.env;
    const requested = async (options = {}) => {
      const urls = [];
      const fetch = async (url) => {
        urls.push(new URL(url).origin);
        return Response.json({ result: [] });
      };
      await new TrutoToolManager({ apiKey: "x", fetch, ...options }).getTools("acme");
      return urls[0];
    };
    try {
      delete process.env.TRUTO_API_BASE_URL;
      delete process.env.CWPSA_URL;
      assert.equal(await requested(), "http://127.0.0.1:8080");
      process.env.CWPSA_URL = "http://cwpsa.example/";
      assert.equal(await requested(), "http://cwpsa.example");
      process.env.TRUTO_API_BASE_URL = "http://truto.example";
      assert.equal(await requested(), "http://truto.example");
      assert.equal(await requested({ baseUrl: "http://own.example/" }), "http://own.example");
    } finally {
      for (const [name, value] of Object.entries({ TRUTO_API_BASE_URL, CWPSA_URL })) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });

  test("a wrong token and an unreachable server are errors", async () => {
    const stranger = new TrutoToolManager({ ...server, apiKey: "wrong" });
    await assert.rejects(stranger.getTools("acme"), { name: "ToolServerError", status: 401 });
    const nobody = new TrutoToolManager({ baseUrl: "http://127.0.0.1:9" });
    await assert.rejects(nobody.getTools("acme"), TypeError);
  });

  test("a call can be called off", async () => {
    await assert.rejects(tools.list_all_tickets.invoke({}, { signal: AbortSignal.abort() }), /abort/i);
    const hasty = new TrutoToolManager({ ...server, timeout: 0 });
    await assert.rejects(hasty.getTools("acme"), { name: "TimeoutError" });
  });

  test("the AI SDK gets the same tools, from either list", async () => {
    const wanted = { methods: ["list"], tags: ["procurement"] };
    const direct = toAiSdkTools(await listTools(server, "acme", wanted));
    const through = toAiSdkTools(await manager.getTools("acme", wanted));
    assert.deepEqual(Object.keys(direct), Object.keys(through));
    const tool = direct[`list_all_${PREFIX}procurement_catalogs`];
    assert.deepEqual(asSchema(tool.inputSchema).jsonSchema, tools.list_all_procurement_catalogs.remote.schema);
    const { result } = await tool.execute({ pageSize: 2, fields: "id" }, { toolCallId: "1", messages: [] });
    assert.equal(result.length, 2);
    await assert.rejects(tool.execute({ pageSize: 0 }, { toolCallId: "2", messages: [] }), { status: 400 });
  });
});

test("a used up budget is thrown, with the seconds to wait", async () => {
  const sandbox = await start(["sandbox", "--budget", "2/5"]);
  const server = await start(["serve", "--base-url", `${sandbox}/v4_6_release/apis/3.0`], {
    CWPSA_COMPANY_ID: "acme", CWPSA_PUBLIC_KEY: "public", CWPSA_PRIVATE_KEY: "private", CWPSA_CLIENT_ID: "tests",
  });
  const manager = new TrutoToolManager({ baseUrl: server });
  const tool = named(await manager.getTools("acme", { methods: ["list"], tags: ["Tickets"] })).list_all_tickets;
  const call = () => tool.invoke({ pageSize: 1 });
  let error;
  for (let calls = 0; calls < 3 && !error; calls += 1) await call().catch((thrown) => { error = thrown; });
  assert.equal(error?.status, 429);
  const seconds = Number(error.headers.get("ratelimit-reset"));
  assert.ok(seconds >= 1 && seconds <= 5, `${seconds} seconds`);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  assert.equal(JSON.parse(await call()).result.length, 1);
});
