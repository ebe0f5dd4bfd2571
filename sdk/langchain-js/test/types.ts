// Uses the types of methods and tags. This file is compiled, but never run.

import { TrutoToolManager, type ToolMethod, type ToolTag } from "cwpsa-langchain";
import { listTools } from "cwpsa-langchain/ai-sdk";
import { toolErrorMiddleware } from "cwpsa-langchain/middleware";
import { createAgent } from "langchain";

const manager = new TrutoToolManager({ apiKey: "secret" });
const methods: ToolMethod[] = ["read", "write", "custom", "list", "count"];
const tags: ToolTag[] = ["service", "Tickets"];
export const tools = await manager.getTools("acme", { methods, tags });
export const agent = createAgent({ model: "anthropic:claude", tools, middleware: [toolErrorMiddleware()] });

// @ts-expect-error
await manager.getTools("acme", { methods: ["reads"] });
// @ts-expect-error
await manager.getTools("acme", { tags: ["Ticket"] });
// @ts-expect-error
await listTools({}, "acme", { method: ["read"] });
