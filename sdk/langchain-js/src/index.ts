// Tools for LangChain.js and LangGraph.js.

import type { RunnableConfig } from "@langchain/core/runnables";
import { DynamicStructuredTool } from "@langchain/core/tools";

import { listTools, type Arguments, type RemoteTool, type ServerOptions, type ToolFilter } from "./client.js";

export { ToolServerError } from "./client.js";
export type { RemoteTool, ServerOptions, ToolFilter } from "./client.js";

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
}

/** Provides the tools of an account to a LangChain agent. */
export class TrutoToolManager {
  readonly #server: ServerOptions;

  constructor(options: ServerOptions) {
    if (!options?.baseUrl) throw new TypeError("baseUrl is required: the URL of `cwpsa serve`, such as http://127.0.0.1:8080");
    this.#server = { ...options };
  }

  /**
   * Returns the tools of an account.
   * @throws {ToolServerError} If the server returns an error, e.g. 401 for an invalid `apiKey`.
   */
  async getTools(accountId: string, filter: ToolFilter = {}): Promise<ServerTool[]> {
    const tools = await listTools(this.#server, accountId, filter);
    return tools.map((tool) => new ServerTool(tool));
  }
}
