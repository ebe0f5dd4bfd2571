// A chat model for LangChain.js and LangGraph.js: a real model if a key is set, otherwise a scripted model.

import { AIMessage } from "@langchain/core/messages";
import { fakeModel } from "@langchain/core/testing";

import { show } from "./job.mjs";

/** Returns the model for `job`. */
export async function model(job) {
  if (process.env.ANTHROPIC_API_KEY) {
    const { ChatAnthropic } = await import("@langchain/anthropic");
    return new ChatAnthropic({ model: process.env.MODEL ?? "claude-sonnet-5-5" });
  }
  const scripted = fakeModel();
  const step = (messages) => {
    const results = messages.filter((message) => message.type === "tool").map(({ content }) => JSON.parse(content));
    const { answer, name, args } = job.next(results);
    if (answer) return new AIMessage(answer);
    show("calls", `${name} ${JSON.stringify(args)}`);
    return new AIMessage({ content: "", tool_calls: [{ type: "tool_call", id: `call-${results.length}`, name, args }] });
  };
  for (let steps = 0; steps < 5; steps += 1) scripted.respond(step);
  return scripted;
}
