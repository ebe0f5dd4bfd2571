// Looks up stock with a LangChain.js agent. Run it with `node langchain.mjs`.

import { TrutoToolManager } from "cwpsa-langchain";
import { createAgent } from "langchain";

import { show, STOCK as job } from "./job.mjs";
import { model } from "./langchain-model.mjs";
import { account, server } from "./server.mjs";

const manager = new TrutoToolManager({ baseUrl: await server(), apiKey: process.env.CWPSA_TOKEN });
const tools = await manager.getTools(account(), job.wanted);
show("tools", `${tools.length}, the first is ${tools[0].name}`);
const agent = createAgent({ model: await model(job), tools });
show("asks", job.question);
const { messages } = await agent.invoke({ messages: [{ role: "user", content: job.question }] });
const answer = messages.at(-1).text;
show("answers", answer);
job.check(answer);
