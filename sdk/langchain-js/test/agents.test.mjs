// Tests LangChain agents with a scripted model: which errors reach the model, and which reach the agent's caller.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { AgentExecutor, createToolCallingAgent } from "@langchain/classic/agents";
import { AIMessage } from "@langchain/core/messages";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { fakeModel } from "@langchain/core/testing";
import { MemorySaver } from "@langchain/langgraph";
import { createAgent } from "langchain";

import { errorForModel, ToolServerError, TrutoToolManager } from "cwpsa-langchain";
import { toolErrorMiddleware } from "cwpsa-langchain/middleware";
import { start } from "./server.mjs";

const LIST = "list_all_connect_wise_psa_tickets";
const COUNT = "count_connect_wise_psa_tickets";

/** A model that makes these calls one after another, and then responds with the content of the last tool message. */
function scripted(...calls) {
  const model = fakeModel();
  const step = (messages) => {
    const results = messages.filter((message) => message.type === "tool");
    const call = calls[results.length];
    if (!call) return new AIMessage(String(results.at(-1).content));
    const [name, args] = call;
    return new AIMessage({ content: "", tool_calls: [{ type: "tool_call", id: `call-${results.length}`, name, args }] });
  };
  for (let steps = 0; steps < 12; steps += 1) model.respond(step);
  return model;
}

const tickets = (server) =>
  new TrutoToolManager({ baseUrl: server }).getTools("acme", { methods: ["list", "count"], tags: ["Tickets"] });

/** A server whose API rejects one request to a path with a 429 that asks to wait one second. */
const limited = (path) => start(["serve", "--sandbox", "--sandbox-fault", `too_many_requests=1 x1 ${path}`]);

function checkRateLimit(error) {
  assert.ok(error instanceof ToolServerError);
  assert.equal(error.status, 429);
  assert.equal(error.headers.get("ratelimit-reset"), "1");
}

describe("createAgent", () => {
  test("the model sees invalid arguments and corrects them", async () => {
    const tools = await tickets(await start(["serve", "--sandbox"]));
    const model = scripted([LIST, { pageSize: 0 }], [LIST, { pageSize: 1, fields: "id" }]);
    const agent = createAgent({ model, tools, middleware: [toolErrorMiddleware()] });
    const { messages } = await agent.invoke({ messages: [{ role: "user", content: "List tickets." }] });
    const [invalid, valid] = messages.filter((message) => message.type === "tool");
    assert.equal(invalid.status, "error");
    assert.match(invalid.content, /^400: .*\n\/pageSize: /);
    assert.equal(JSON.parse(valid.content).result.length, 1);
  });

  test("a 429 is thrown to the caller, who resumes where the agent stopped", async () => {
    const tools = await tickets(await limited("/service/tickets/count"));
    const model = scripted([LIST, { pageSize: 1 }], [COUNT, {}], [LIST, { pageSize: 1, fields: "id" }]);
    const checkpointer = new MemorySaver();
    const agent = createAgent({ model, tools, checkpointer, middleware: [toolErrorMiddleware()] });
    const config = { configurable: { thread_id: "1" } };
    let error;
    await agent.invoke({ messages: [{ role: "user", content: "List tickets." }] }, config).catch((thrown) => { error = thrown; });
    checkRateLimit(error);
    const { messages } = await agent.invoke(null, config);
    const results = messages.filter((message) => message.type === "tool");
    assert.deepEqual(results.map(({ status }) => status ?? "success"), ["success", "success", "success"]);
    assert.equal(JSON.parse(messages.at(-1).text).result.length, 1);
  });
});

describe("AgentExecutor", () => {
  const prompt = ChatPromptTemplate.fromMessages([["human", "{input}"], ["placeholder", "{agent_scratchpad}"]]);
  const executor = (model, tools, options = {}) =>
    new AgentExecutor({ agent: createToolCallingAgent({ llm: model, tools, prompt }), tools, ...options });

  test("a 429 is thrown to the caller with its status and headers", async () => {
    for (const options of [{}, { handleParsingErrors: errorForModel }]) {
      const tools = await tickets(await limited("/service/tickets"));
      const run = () => executor(scripted([LIST, { pageSize: 1, fields: "id" }]), tools, options).invoke({ input: "List tickets." });
      let error;
      await run().catch((thrown) => { error = thrown; });
      checkRateLimit(error);
      assert.equal(JSON.parse((await run()).output).result.length, 1);
    }
  });

  test("other errors are thrown as well, or become messages to the model", async () => {
    const tools = await tickets(await start(["serve", "--sandbox"]));
    const model = () => scripted([LIST, { pageSize: 0 }]);
    await assert.rejects(executor(model(), tools).invoke({ input: "List tickets." }), { name: "ToolServerError", status: 400 });
    const agent = executor(model(), tools, { handleParsingErrors: errorForModel });
    assert.match((await agent.invoke({ input: "List tickets." })).output, /^400: .*\n\/pageSize: /);
  });
});
