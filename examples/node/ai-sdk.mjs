// Looks up stock with the Vercel AI SDK. Run it with `node ai-sdk.mjs`.

import { generateText, stepCountIs } from "ai";
import { MockLanguageModelV3 } from "ai/test";
import { listTools, toAiSdkTools } from "cwpsa-langchain/ai-sdk";

import { show, STOCK as job } from "./job.mjs";
import { account, server } from "./server.mjs";

/** Returns a real model if a key is set, otherwise a scripted model. */
async function model() {
  if (process.env.ANTHROPIC_API_KEY) {
    const { anthropic } = await import("@ai-sdk/anthropic");
    return anthropic(process.env.MODEL ?? "claude-sonnet-5-5");
  }
  const usage = { inputTokens: {}, outputTokens: {} };
  return new MockLanguageModelV3({
    doGenerate: async ({ prompt }) => {
      const parts = prompt.filter(({ role }) => role === "tool").flatMap(({ content }) => content);
      const { answer, name, args } = job.next(parts.map(({ output }) => output.value));
      if (answer) return { content: [{ type: "text", text: answer }], finishReason: { unified: "stop" }, usage, warnings: [] };
      show("calls", `${name} ${JSON.stringify(args)}`);
      const call = { type: "tool-call", toolCallId: `call-${parts.length}`, toolName: name, input: JSON.stringify(args) };
      return { content: [call], finishReason: { unified: "tool-calls" }, usage, warnings: [] };
    },
  });
}

const settings = { baseUrl: await server(), apiKey: process.env.CWPSA_TOKEN };
const tools = toAiSdkTools(await listTools(settings, account(), job.wanted));
show("asks", job.question);
const { text } = await generateText({ model: await model(), tools, prompt: job.question, stopWhen: stepCountIs(5) });
show("answers", text);
job.check(text);
