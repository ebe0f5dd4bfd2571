// Tools for the Vercel AI SDK.

import { jsonSchema, tool, type Tool } from "ai";

import type { Arguments, RemoteTool } from "./client.js";

export { listTools, ToolServerError } from "./client.js";
export type { RemoteTool, ServerOptions, Wanted } from "./client.js";

/**
 * Tools as `generateText` and `streamText` take them, by name. Takes what `listTools` gives, or what a
 * `TrutoToolManager` gives. The server checks the arguments; its error is thrown, and the AI SDK shows the error's
 * message to the model.
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
