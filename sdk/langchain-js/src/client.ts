// HTTP client for the tool list and the tool calls of a `cwpsa` server. Names, schemas and validation are left to the
// server.

import type { ToolMethod, ToolTag } from "./names.js";

export type { ToolMethod, ToolTag } from "./names.js";

/** A JSON Schema. */
export type Schema = Record<string, unknown>;

/** Arguments of a tool. */
export type Arguments = Record<string, unknown>;

/** How to reach the server. */
export interface ServerOptions {
  /**
   * URL of the server. Defaults to the environment variable `TRUTO_API_BASE_URL` or `CWPSA_URL`, or else to
   * `http://127.0.0.1:8080`.
   */
  baseUrl?: string | undefined;
  /** Token of the account, if the server requires one. */
  apiKey?: string | undefined;
  /** Timeout of a request in milliseconds. Defaults to 60,000. */
  timeout?: number | undefined;
  /** Replaces the global `fetch`. */
  fetch?: typeof fetch | undefined;
}

/** Selects tools. Without a field, all tools match. */
export interface ToolFilter {
  /** `read`, `write`, `custom`, or methods such as `list`. A tool matches if any of them applies. */
  methods?: readonly ToolMethod[] | undefined;
  /** Modules of the API or tags, e.g. `service` or `Tickets`. A tool matches if any of them applies. */
  tags?: readonly ToolTag[] | undefined;
}

/** A tool of the server. */
export interface RemoteTool {
  name: string;
  description: string;
  /** Schema of the arguments: a flat object without references. */
  schema: Schema;
  /**
   * Calls the tool and returns the result. A list returns `{result, next_cursor}`.
   * @throws {ToolServerError} If the server returns an error.
   */
  call(args: Arguments, signal?: AbortSignal): Promise<unknown>;
}

/** An error of the server. The message is written for the model: it names invalid arguments and what to do. */
export class ToolServerError extends Error {
  // A subclass of another error class, which LangChain requires in one place, is an instance as well.
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === "ToolServerError";
  }

  override readonly name = "ToolServerError";

  constructor(
    /** HTTP status. 429 means that the rate limit of the API is exhausted. */
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

/** A tool as the server declares it. */
interface Declared {
  name: string;
  description: string;
  resource: string;
  method: string;
  query_schema: { properties?: Record<string, Schema> } | null;
  body_schema: { properties?: Record<string, Schema> } | null;
  required: string[];
}

/** Returns the URL of the server, without a slash at the end. */
function baseUrl(server: ServerOptions): string {
  const env: Record<string, string | undefined> = globalThis.process?.env ?? {};
  const url = server.baseUrl || env["TRUTO_API_BASE_URL"] || env["CWPSA_URL"] || "http://127.0.0.1:8080";
  return url.replace(/\/+$/, "");
}

/**
 * Returns the tools of an account.
 * @throws {ToolServerError} If the server returns an error, e.g. 400 for an unknown method or tag.
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

/** Returns method, path, query and body of a call. The schemas of the tool determine where arguments go. */
function route(tool: Declared, args: Arguments) {
  const isById = BY_ID.includes(tool.method);
  // An ID that doesn't fit into a path is sent in the body, so that the server can report the error.
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
    // Unknown arguments are sent as well, so that the server can report them.
    if (isOdd || (hasBody && !(name in (tool.query_schema?.properties ?? {})))) body[name] = value;
    else append(query, name, value);
  }
  return { verb, path, query, body: hasBody ? body : undefined };
}

/** Returns true if an ID can be a path segment: a number or a string other than `.` and `..`. */
function fitsPath(id: unknown): boolean {
  return typeof id === "number" || (typeof id === "string" && !["", ".", ".."].includes(id.trim()));
}

/** Appends a value to the query: lists by index, nested values as JSON, which preserves their types. */
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
