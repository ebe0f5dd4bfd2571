// Middleware for agents of LangChain 1.x.

import { createMiddleware, ToolMessage } from "langchain";

import { ToolServerError } from "./client.js";

export { ToolServerError } from "./client.js";

/**
 * Middleware for `createAgent`. It throws a 429 to the caller of the agent, who can pause and resume; the model would only
 * repeat the call. All other errors of the server become messages to the model, which can correct its arguments.
 */
export function toolErrorMiddleware() {
  return createMiddleware({
    name: "ToolErrorMiddleware",
    wrapToolCall: async (request, handler) => {
      try {
        return await handler(request);
      } catch (error) {
        if (!(error instanceof ToolServerError) || error.status === 429) throw error;
        const { id = "", name } = request.toolCall;
        return new ToolMessage({ content: error.message, tool_call_id: id, name, status: "error" });
      }
    },
  });
}
