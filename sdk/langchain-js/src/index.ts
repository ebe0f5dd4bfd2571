// Tools for LangChain.js and LangGraph.js.

import type { RunnableConfig } from "@langchain/core/runnables";
import { DynamicStructuredTool, ToolInputParsingException } from "@langchain/core/tools";

import { listTools, ToolServerError, type Arguments, type RemoteTool, type ServerOptions, type ToolFilter } from "./client.js";

export { ToolServerError } from "./client.js";
export type { RemoteTool, ServerOptions, ToolFilter, ToolMethod, ToolTag } from "./client.js";

/**
 * The error of a tool that was invoked with arguments alone. `AgentExecutor` throws errors of this class to its caller; it
 * would silently replace any other with an empty result.
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
 * Returns the message of an error for the model, and throws a 429 to the caller of the agent. Pass this function to
 * `AgentExecutor` as `handleParsingErrors`, so that the model can correct its arguments.
 */
export function errorForModel(error: Error): string {
  if (error instanceof ToolServerError && error.status === 429) throw error;
  return error.message;
}

/** A tool for LangChain. It returns JSON text. */
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

  // LangChain would validate the arguments without naming the invalid ones, and reject short forms that the server
  // accepts, such as an ID instead of a reference. So validation is left to the server.
  override call(...parameters: Parameters<DynamicStructuredTool["call"]>) {
    return this.#unchecked.call(...parameters) as ReturnType<DynamicStructuredTool["call"]>;
  }

  override async invoke(...parameters: Parameters<DynamicStructuredTool["invoke"]>) {
    try {
      return (await super.invoke(...parameters)) as never;
    } catch (error) {
      // A tool call of a model is an object with its type; `AgentExecutor` passes arguments alone.
      const [input] = parameters as [{ type?: unknown } | undefined];
      if (error instanceof ToolServerError && input?.type !== "tool_call") throw new ThrownToolServerError(error);
      throw error;
    }
  }
}

/** Provides the tools of an account to a LangChain agent. */
export class TrutoToolManager {
  readonly #server: ServerOptions;

  constructor(options: ServerOptions = {}) {
    this.#server = { ...options };
  }

  /**
   * Returns the tools of an account.
   * @throws {ToolServerError} If the server returns an error, e.g. 401 for an invalid `apiKey`, or 400 for an unknown method or tag.
   */
  async getTools(accountId: string, filter: ToolFilter = {}): Promise<ServerTool[]> {
    const tools = await listTools(this.#server, accountId, filter);
    return tools.map((tool) => new ServerTool(tool));
  }
}
