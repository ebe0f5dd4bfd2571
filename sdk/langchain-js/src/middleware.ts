// Middleware for LangChain 1.x agents.

import { createMiddleware, ToolMessage } from "langchain";

import { ToolServerError } from "./client.js";

export { ToolServerError } from "./client.js";

/**
 * Creates middleware for `createAgent`. A 429 is thrown to the agent's caller, which can pause and resume the agent; the
 * model would only repeat the call. Any other server error becomes a message to the model, which can correct its arguments.
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
