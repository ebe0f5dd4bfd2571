// The program from Truto's blog: an `AgentExecutor` that imports the package as `truto-langchainjs-toolset`. When the API's
// rate limit is exhausted, the program pauses and then continues. Run it with `node agent-executor.mjs`.

import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";

import { AgentExecutor, createToolCallingAgent } from "@langchain/classic/agents";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { TrutoToolManager } from "truto-langchainjs-toolset";

import { show, STOCK as job } from "./job.mjs";
import { model } from "./langchain-model.mjs";
import { account, start } from "./server.mjs";

// This server's API rejects one call in the middle of the task because the rate limit is exhausted.
const fault = "too_many_requests=1 x1 /procurement/onhandserialnumbers";
process.env.TRUTO_API_BASE_URL = await start(["--sandbox-fault", fault]);

const toolManager = new TrutoToolManager({ apiKey: process.env.TRUTO_API_TOKEN });
const tools = await toolManager.getTools(account(), job.wanted);
const prompt = ChatPromptTemplate.fromMessages([
  ["system", "You manage the inventory of a managed service provider."],
  ["human", "{input}"],
  ["placeholder", "{agent_scratchpad}"],
]);

let pauses = 0;

async function runWithPauses(input) {
  for (;;) {
    try {
      const llm = await model(job);
      const agentExecutor = new AgentExecutor({ agent: createToolCallingAgent({ llm, tools, prompt }), tools });
      return await agentExecutor.invoke({ input });
    } catch (error) {
      if (error.status !== 429) throw error;
      const seconds = Number(error.headers.get("ratelimit-reset"));
      show("pauses", `${seconds} s`);
      pauses += 1;
      await setTimeout(1000 * seconds);
    }
  }
}

show("asks", job.question);
const { output } = await runWithPauses(job.question);
show("answers", output);
job.check(output);
assert.equal(pauses, 1);
