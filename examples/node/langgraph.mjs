// Adds a note to a ticket with a LangGraph.js graph. Run it with `node langgraph.mjs`.

import { MessagesAnnotation, StateGraph } from "@langchain/langgraph";
import { ToolNode, toolsCondition } from "@langchain/langgraph/prebuilt";
import { TrutoToolManager } from "cwpsa-langchain";

import { NOTE as job, show } from "./job.mjs";
import { model } from "./langchain-model.mjs";
import { account, server } from "./server.mjs";

const baseUrl = await server();
const manager = new TrutoToolManager({ baseUrl, apiKey: process.env.CWPSA_TOKEN });
const tools = await manager.getTools(account(), job.wanted);
const bound = (await model(job)).bindTools(tools);
const graph = new StateGraph(MessagesAnnotation)
  .addNode("model", async ({ messages }) => ({ messages: [await bound.invoke(messages)] }))
  .addNode("tools", new ToolNode(tools))
  .addEdge("__start__", "model")
  .addConditionalEdges("model", toolsCondition)
  .addEdge("tools", "model")
  .compile();
show("asks", job.question);
const { messages } = await graph.invoke({ messages: [{ role: "user", content: job.question }] });
const answer = messages.at(-1).text;
show("answers", answer);
await job.check(answer, baseUrl);
