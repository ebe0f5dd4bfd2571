// Tools for the Vercel AI SDK.

import { jsonSchema, tool, type Tool } from "ai";

import type { Arguments, RemoteTool } from "./client.js";

export { listTools, ToolServerError } from "./client.js";
export type { RemoteTool, ServerOptions, ToolFilter, ToolMethod, ToolTag } from "./client.js";

/**
 * Converts tools from `listTools` or a `TrutoToolManager` to tools for `generateText` and `streamText`, keyed by name. The
 * server validates the arguments. Server errors are thrown, and the AI SDK passes their message to the model.
 */
export function toAiSdkTools(tools: Iterable<RemoteTool | { remote: RemoteTool }>): Record<string, Tool> {
  const named: Record<string, Tool> = {};
  for (const each of tools) {
    const remote = "remote" in each ? each.remote : each;
    named[remote.name] = tool({
      description: remote.description,
      inputSchema: jsonSchema<Arguments>(remote.schema),
      execute: (args, { abortSignal }) => remote.call(args, abortSignal),
    });
  }
  return named;
}
