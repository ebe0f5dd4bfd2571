// HTTP client for a `cwpsa` server's tool list and tool calls. The server provides names, schemas and validation.

import type { ToolMethod, ToolTag } from "./names.js";

export type { ToolMethod, ToolTag } from "./names.js";

/** A JSON Schema. */
export type Schema = Record<string, unknown>;

/** Tool arguments. */
export type Arguments = Record<string, unknown>;

/** Connection options. */
export interface ServerOptions {
  /**
   * Server URL. Defaults to the `TRUTO_API_BASE_URL` or `CWPSA_URL` environment variable, or to `http://127.0.0.1:8080` if
   * neither is set.
   */
  baseUrl?: string | undefined;
  /** Account token, if the server requires one. */
  apiKey?: string | undefined;
  /** Request timeout in milliseconds. Defaults to 60,000. */
  timeout?: number | undefined;
  /** Replaces the global `fetch`. */
  fetch?: typeof fetch | undefined;
}

/** Selects tools. An omitted field matches all tools. */
export interface ToolFilter {
  /** `read`, `write`, `custom`, or methods such as `list`. A tool matches if it has any of these methods. */
  methods?: readonly ToolMethod[] | undefined;
  /** API modules or tags, such as `service` or `Tickets`. A tool matches if it has any of these tags. */
  tags?: readonly ToolTag[] | undefined;
}

/** A tool on the server. */
export interface RemoteTool {
  name: string;
  description: string;
  /** Argument schema: a flat object without references. */
  schema: Schema;
  /**
   * Calls the tool and returns the result. List tools return `{result, next_cursor}`.
   * @throws {ToolServerError} If the server returns an error.
   */
  call(args: Arguments, signal?: AbortSignal): Promise<unknown>;
}

/** A server error. The message is written for the model: it identifies invalid arguments and explains what to do. */
export class ToolServerError extends Error {
  // LangChain requires a subclass of its own error class in one place, which must count as an instance of this class too.
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === "ToolServerError";
  }

  override readonly name = "ToolServerError";

  constructor(
    /** HTTP status. 429 means that the API's rate limit is exhausted. */
    readonly status: number,
    /** Response headers. After a 429, `ratelimit-reset` is the number of seconds to wait. */
    readonly headers: Headers,
    /** Response body, parsed if it is JSON. */
    readonly body: unknown,
  ) {
    super(message(status, body));
  }
}

function message(status: number, body: unknown): string {
  if (typeof body !== "object" || body === null) return `${status}: ${String(body || "empty response")}`;
  const { message, fields, next_step } = body as { message?: string; fields?: { pointer: string; message: string }[]; next_step?: string };
  const invalid = (fields ?? []).map((field) => `${field.pointer}: ${field.message}`);
  return [`${status}: ${message ?? JSON.stringify(body)}`, ...invalid, next_step].filter(Boolean).join("\n");
}

/** A tool declaration from the server. */
interface Declared {
  name: string;
  description: string;
  resource: string;
  method: string;
  query_schema: { properties?: Record<string, Schema> } | null;
  body_schema: { properties?: Record<string, Schema> } | null;
  required: string[];
}

/** Returns the server URL without trailing slashes. */
function baseUrl(server: ServerOptions): string {
  const env: Record<string, string | undefined> = globalThis.process?.env ?? {};
  const url = server.baseUrl || env["TRUTO_API_BASE_URL"] || env["CWPSA_URL"] || "http://127.0.0.1:8080";
  return url.replace(/\/+$/, "");
}

/**
 * Returns an account's tools.
 * @throws {ToolServerError} If the server returns an error, such as 400 for an unknown method or tag.
 */
export async function listTools(server: ServerOptions, accountId: string, filter: ToolFilter = {}): Promise<RemoteTool[]> {
  const query = new URLSearchParams();
  if (filter.methods?.length) query.set("methods", filter.methods.join(","));
  if (filter.tags?.length) query.set("tags", filter.tags.join(","));
  const path = `/integrated-account/${encodeURIComponent(accountId)}/tools?${query}`;
  const { result } = (await request(server, "GET", path)) as { result: Declared[] };
  return result.map((declared) => remote(server, accountId, declared));
}

function remote(server: ServerOptions, accountId: string, declared: Declared): RemoteTool {
  const properties = { ...declared.query_schema?.properties, ...declared.body_schema?.properties };
  return {
    name: declared.name,
    description: declared.description,
    schema: { type: "object", properties, required: declared.required, additionalProperties: false },
    call(args, signal) {
      const { verb, path, query, body } = route(declared, args);
      query.set("integrated_account_id", accountId);
      return request(server, verb, `${path}?${query}`, body, signal);
    },
  };
}

const VERBS: Record<string, string> = { list: "GET", get: "GET", create: "POST", update: "PATCH", delete: "DELETE" };

const BY_ID = ["get", "update", "delete"];

/** Returns the method, path, query and body for a call. The tool's schemas determine where each argument goes. */
function route(tool: Declared, args: Arguments) {
  const isById = BY_ID.includes(tool.method);
  // Send an ID that isn't a valid path segment in the body, so the server can report the error.
  const isOdd = isById && !fitsPath(args["id"]);
  const isCommon = tool.method in VERBS && !isOdd;
  const verb = isCommon ? VERBS[tool.method]! : "POST";
  const hasBody = tool.body_schema !== null || isOdd;
  const query = new URLSearchParams();
  const body: Arguments = {};
  let path = `/proxy/${tool.resource}`;
  if (!isCommon) path += `/${tool.method}`;
  else if (isById) path += `/${encodeURIComponent(String(args["id"]))}`;
  for (const [name, value] of Object.entries(args)) {
    if (value === undefined || (isCommon && isById && name === "id")) continue;
    // Send unknown arguments too, so the server can report them.
    if (isOdd || (hasBody && !(name in (tool.query_schema?.properties ?? {})))) body[name] = value;
    else append(query, name, value);
  }
  return { verb, path, query, body: hasBody ? body : undefined };
}

/** Returns true if an ID can be a path segment: a number, or a non-empty string other than `.` and `..`. */
function fitsPath(id: unknown): boolean {
  return typeof id === "number" || (typeof id === "string" && !["", ".", ".."].includes(id.trim()));
}

/** Appends a value to the query. Lists are sent by index, and nested values as JSON, which preserves their types. */
function append(query: URLSearchParams, name: string, value: unknown): void {
  if (value === null) return;
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) {
    value.forEach((item, index) => query.append(`${name}[${index}]`, String(item)));
  } else {
    query.append(name, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
}

async function request(
  server: ServerOptions, verb: string, path: string, body?: Arguments, signal?: AbortSignal,
): Promise<unknown> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (server.apiKey) headers["authorization"] = `Bearer ${server.apiKey}`;
  if (body) headers["content-type"] = "application/json";
  const timeout = AbortSignal.timeout(server.timeout ?? 60_000);
  const response = await (server.fetch ?? fetch)(baseUrl(server) + path, {
    method: verb,
    headers,
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const result = parse(text);
  if (!response.ok) throw new ToolServerError(response.status, response.headers, result);
  return result;
}

function parse(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
