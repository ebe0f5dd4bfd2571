// Records what Node.js frameworks send to a model for every schema, and how they handle server errors. Run it with
// `node measure.mjs FILE`; ../python/frameworks.py compares the results.

import { writeFileSync } from "node:fs";

import { createAnthropic } from "@ai-sdk/anthropic";
import { ChatAnthropic } from "@langchain/anthropic";
import { AIMessage } from "@langchain/core/messages";
import { fakeModel } from "@langchain/core/testing";
import { DynamicStructuredTool } from "@langchain/core/tools";
import { convertToOpenAITool } from "@langchain/core/utils/function_calling";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { generateText, stepCountIs } from "ai";
import { MockLanguageModelV3 } from "ai/test";
import { TrutoToolManager } from "cwpsa-langchain";
import { toAiSdkTools } from "cwpsa-langchain/ai-sdk";
import { createAgent } from "langchain";

import { program, server } from "./server.mjs";

const ANSWER = {
  id: "1", type: "message", role: "assistant", model: "none", content: [{ type: "text", text: "" }],
  stop_reason: "end_turn", stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 },
};

/** A `fetch` that records requests to a model. */
function recorder() {
  const bodies = [];
  const fetch = async (_url, { body }) => {
    bodies.push(JSON.parse(body));
    return new Response(JSON.stringify(ANSWER), { headers: { "content-type": "application/json" } });
  };
  return { bodies, fetch };
}

const baseUrl = await server();
const all = await new TrutoToolManager({ baseUrl }).getTools("acme");
const given = Object.fromEntries(all.map(({ name, description, remote }) => [name, { name, description, schema: remote.schema }]));
/** Returns the recorded tools by original name, in the order in which they were passed. */
const sent = (declared) => Object.fromEntries(declared.map((one, index) => [all[index].name, one]));

async function langchainToAnthropic() {
  const { bodies, fetch } = recorder();
  const model = new ChatAnthropic({ model: "none", apiKey: "none", maxRetries: 0, clientOptions: { fetch } });
  await model.bindTools(all).invoke("?");
  return sent(bodies[0].tools.map(({ name, description, input_schema }) => ({ name, description, schema: input_schema })));
}

async function aiSdkToAnthropic() {
  const { bodies, fetch } = recorder();
  const model = createAnthropic({ apiKey: "none", fetch })("none");
  await generateText({ model, tools: toAiSdkTools(all), prompt: "?" });
  return sent(bodies[0].tools.map(({ name, description, input_schema }) => ({ name, description, schema: input_schema })));
}

async function mcp() {
  // A tool list doesn't wait for custom fields, so exclude them from the comparison.
  const args = ["mcp", "--sandbox", "--tools", "all", "--names", "full", "--custom-fields", "false"];
  const client = new Client({ name: "measure", version: "1.0.0" });
  await client.connect(new StdioClientTransport({ command: program(), args, stderr: "ignore" }));
  const listed = {};
  let cursor;
  do {
    const page = await client.listTools(cursor ? { cursor } : undefined);
    for (const { name, description, inputSchema } of page.tools) listed[name] = { name, description, schema: inputSchema };
    cursor = page.nextCursor;
  } while (cursor);
  const error = await client.callTool({ name: NOTE, arguments: WRONG }).then(
    ({ isError, content }) => ({ model: isError ? content[0].text : "no error" }), thrown);
  await client.close();
  return { listed, error };
}

const NOTE = "create_a_connect_wise_psa_ticket_note";
const WRONG = { ticketId: "x" };
const note = all.find(({ name }) => name === NOTE);
const CALL = { type: "tool_call", id: "1", name: NOTE, args: WRONG };
const thrown = ({ name, message, status, headers }) =>
  ({ caller: { name, message, status: status ?? null, headers: Boolean(headers) } });

async function errorOfAgent(tool) {
  const model = fakeModel().respond(() => new AIMessage({ content: "", tool_calls: [CALL] })).respond(new AIMessage("?"));
  try {
    const { messages } = await createAgent({ model, tools: [tool] }).invoke({ messages: [{ role: "user", content: "?" }] });
    return { model: messages.find(({ type }) => type === "tool").content };
  } catch (error) {
    return thrown(error);
  }
}

async function errorOfGraph() {
  const { messages } = await new ToolNode([note]).invoke({ messages: [new AIMessage({ content: "", tool_calls: [CALL] })] });
  return { model: messages[0].content };
}

async function errorOfAiSdk() {
  const usage = { inputTokens: {}, outputTokens: {} };
  const results = [];
  const model = new MockLanguageModelV3({
    doGenerate: async ({ prompt }) => {
      results.push(...prompt.filter(({ role }) => role === "tool").flatMap(({ content }) => content));
      const call = { type: "tool-call", toolCallId: "1", toolName: NOTE, input: JSON.stringify(WRONG) };
      const content = results.length ? [{ type: "text", text: "?" }] : [call];
      return { content, finishReason: { unified: results.length ? "stop" : "tool-calls" }, usage, warnings: [] };
    },
  });
  const { steps } = await generateText({ model, tools: toAiSdkTools([note]), prompt: "?", stopWhen: stepCountIs(2) });
  const { error } = steps[0].content.find(({ type }) => type === "tool-error");
  return { model: results[0].output.value, ...thrown(error) };
}

/** A LangChain.js tool with LangChain's own validation. */
const plain = new DynamicStructuredTool({ ...given[NOTE], func: (args) => note.remote.call(args) });
const overMcp = await mcp();
writeFileSync(process.argv[2], JSON.stringify({
  given,
  sent: {
    "LangChain.js → OpenAI": sent(all.map((tool) => {
      const { name, description, parameters } = convertToOpenAITool(tool).function;
      return { name, description, schema: parameters };
    })),
    "LangChain.js → Anthropic": await langchainToAnthropic(),
    "Vercel AI SDK → Anthropic": await aiSdkToAnthropic(),
  },
  listed: { "MCP SDK for TypeScript": overMcp.listed },
  errors: {
    "LangChain.js, `createAgent`": await errorOfAgent(note),
    "LangChain.js, `createAgent`, without the SDK": await errorOfAgent(plain),
    "LangGraph.js, `ToolNode`": await errorOfGraph(),
    "Vercel AI SDK": await errorOfAiSdk(),
    "MCP SDK for TypeScript": overMcp.error,
  },
}));
