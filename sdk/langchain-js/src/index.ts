// Tools for LangChain.js and LangGraph.js.

import type { RunnableConfig } from "@langchain/core/runnables";
import { DynamicStructuredTool } from "@langchain/core/tools";

import { listTools, type Arguments, type RemoteTool, type ServerOptions, type Wanted } from "./client.js";

export { ToolServerError } from "./client.js";
export type { RemoteTool, ServerOptions, Wanted } from "./client.js";

/** A tool of the server as LangChain takes it. Its answer is JSON in a text. */
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

  // LangChain would check the arguments by the schema and say no more than that they are wrong; it would also refuse
  // what the server takes, such as an id in place of a reference. So the server alone checks.
  override call(...parameters: Parameters<DynamicStructuredTool["call"]>) {
    return this.#unchecked.call(...parameters) as ReturnType<DynamicStructuredTool["call"]>;
  }
}

/** Gives the tools of an account to a LangChain agent. */
export class TrutoToolManager {
  readonly #server: ServerOptions;

  constructor(options: ServerOptions) {
    if (!options?.baseUrl) throw new TypeError("baseUrl is missing: where does `cwpsa serve` listen?");
    this.#server = { ...options };
  }

  /**
   * Reads the tools of an account.
   * @throws {ToolServerError} The server said no, e.g. 401 to a wrong `apiKey`.
   */
  async getTools(accountId: string, wanted: Wanted = {}): Promise<ServerTool[]> {
    const tools = await listTools(this.#server, accountId, wanted);
    return tools.map((tool) => new ServerTool(tool));
  }
}
