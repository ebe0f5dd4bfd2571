// Tools for LangChain.js and LangGraph.js.

import type { RunnableConfig } from "@langchain/core/runnables";
import { DynamicStructuredTool, ToolInputParsingException } from "@langchain/core/tools";

import { listTools, ToolServerError, type Arguments, type RemoteTool, type ServerOptions, type ToolFilter } from "./client.js";

export { ToolServerError } from "./client.js";
export type { RemoteTool, ServerOptions, ToolFilter, ToolMethod, ToolTag } from "./client.js";

/**
 * The error thrown by a tool that was invoked with only its arguments, as `AgentExecutor` does. `AgentExecutor` throws
 * errors of this class to its caller, but silently replaces any other error with an empty result.
 */
class ThrownToolServerError extends ToolInputParsingException {
  override readonly name = "ToolServerError";
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;

  constructor({ message, status, headers, body }: ToolServerError) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/**
 * Returns the error message for the model, or throws the error to the agent's caller if it is a 429. Pass this function to
 * `AgentExecutor` as `handleParsingErrors`, so the model can correct its arguments.
 */
export function errorForModel(error: Error): string {
  if (error instanceof ToolServerError && error.status === 429) throw error;
  return error.message;
}

/** A LangChain tool. Returns a JSON string. */
export class ServerTool extends DynamicStructuredTool {
  /** The tool without LangChain. */
  readonly remote: RemoteTool;
  readonly #unchecked: DynamicStructuredTool;

  constructor(remote: RemoteTool) {
    const { name, description } = remote;
    const func = async (args: unknown, _manager: unknown, config?: RunnableConfig) =>
      JSON.stringify(await remote.call((args ?? {}) as Arguments, config?.signal));
    super({ name, description, schema: remote.schema, func });
    this.remote = remote;
    this.#unchecked = new DynamicStructuredTool({ name, description, schema: { type: "object" }, func });
  }

  // LangChain's validation doesn't name invalid arguments and rejects short forms that the server accepts, such as an ID
  // instead of a reference. Leave validation to the server.
  override call(...parameters: Parameters<DynamicStructuredTool["call"]>) {
    return this.#unchecked.call(...parameters) as ReturnType<DynamicStructuredTool["call"]>;
  }

  override async invoke(...parameters: Parameters<DynamicStructuredTool["invoke"]>) {
    try {
      return (await super.invoke(...parameters)) as never;
    } catch (error) {
      // A model's tool call is an object with a `type`; `AgentExecutor` passes only the arguments.
      const [input] = parameters as [{ type?: unknown } | undefined];
      if (error instanceof ToolServerError && input?.type !== "tool_call") throw new ThrownToolServerError(error);
      throw error;
    }
  }
}

/** Provides an account's tools to a LangChain agent. */
export class TrutoToolManager {
  readonly #server: ServerOptions;

  constructor(options: ServerOptions = {}) {
    this.#server = { ...options };
  }

  /**
   * Returns an account's tools.
   * @throws {ToolServerError} If the server returns an error, such as 401 for an invalid `apiKey` or 400 for an unknown method or tag.
   */
  async getTools(accountId: string, filter: ToolFilter = {}): Promise<ServerTool[]> {
    const tools = await listTools(this.#server, accountId, filter);
    return tools.map((tool) => new ServerTool(tool));
  }
}
