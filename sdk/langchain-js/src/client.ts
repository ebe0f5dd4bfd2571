// The server's list of tools and its calls, over HTTP and with nothing but `fetch`. Which tools there are, what they
// take and whether arguments are right is the server's to say: here is only how a call travels.

/** A JSON Schema. */
export type Schema = Record<string, unknown>;

/** Arguments of a tool. */
export type Arguments = Record<string, unknown>;

/** Where the server is and who asks. */
export interface ServerOptions {
  /** The server's address, e.g. `http://127.0.0.1:8080`. */
  baseUrl: string;
  /** A token of the account; none where the server asks for none. */
  apiKey?: string | undefined;
  /** Milliseconds until a request is given up; 60,000 if not given. */
  timeout?: number | undefined;
  /** In place of the global `fetch`. */
  fetch?: typeof fetch | undefined;
}

/** Which tools are wanted; what is not given narrows nothing. */
export interface Wanted {
  /** `read`, `write`, `custom`, or single methods such as `list`; any of them. */
  methods?: readonly string[] | undefined;
  /** Areas of the API or its tags, e.g. `service` or `Tickets`; any of them. */
  tags?: readonly string[] | undefined;
}

/** A tool of the server. */
export interface RemoteTool {
  name: string;
  description: string;
  /** What it takes: an object, flat, without references. */
  schema: Schema;
  /**
   * Runs it and gives what the server answers; a list gives `{result, next_cursor}`.
   * @throws {ToolServerError} The server said no.
   */
  call(args: Arguments, signal?: AbortSignal): Promise<unknown>;
}

/** The server said no. The message is made for a model: what is wrong, where, and what to do. */
export class ToolServerError extends Error {
  override readonly name = "ToolServerError";

  constructor(
    /** The HTTP status; 429 means that the API's budget of requests is used up. */
    readonly status: number,
    /** The answer's headers; after a 429 `ratelimit-reset` is the seconds to wait. */
    readonly headers: Headers,
    /** The answer's body, parsed if it is JSON. */
    readonly body: unknown,
  ) {
    super(message(status, body));
  }
}

function message(status: number, body: unknown): string {
  if (typeof body !== "object" || body === null) return `${status}: ${String(body || "no answer")}`;
  const { message, fields, next_step } = body as { message?: string; fields?: { pointer: string; message: string }[]; next_step?: string };
  const wrong = (fields ?? []).map((field) => `${field.pointer}: ${field.message}`);
  return [`${status}: ${message ?? JSON.stringify(body)}`, ...wrong, next_step].filter(Boolean).join("\n");
}

/** What the server tells of a tool. */
interface Declared {
  name: string;
  description: string;
  resource: string;
  method: string;
  query_schema: { properties?: Record<string, Schema> } | null;
  body_schema: { properties?: Record<string, Schema> } | null;
  required: string[];
}

/** Reads the tools of an account. */
export async function listTools(server: ServerOptions, accountId: string, wanted: Wanted = {}): Promise<RemoteTool[]> {
  const query = new URLSearchParams();
  if (wanted.methods?.length) query.set("methods", wanted.methods.join(","));
  if (wanted.tags?.length) query.set("tags", wanted.tags.join(","));
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

/** How a call travels: the verb and path say which tool it is, and arguments stand where its schemas say. */
function route(tool: Declared, args: Arguments) {
  const isById = BY_ID.includes(tool.method);
  // An id that a path can't hold goes in a body, by the tool's method: the server says what is wrong with it.
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
    // An argument that no schema names goes along too: the server says what is wrong with it.
    if (isOdd || (hasBody && !(name in (tool.query_schema?.properties ?? {})))) body[name] = value;
    else append(query, name, value);
  }
  return { verb, path, query, body: hasBody ? body : undefined };
}

/** Whether an id can be a segment of a path: a number or text, and none of those that mean another folder. */
function fitsPath(id: unknown): boolean {
  return typeof id === "number" || (typeof id === "string" && !["", ".", ".."].includes(id.trim()));
}

/** A value of the query: as it is, a list by number, and everything deeper as JSON, which keeps its types. */
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
  const response = await (server.fetch ?? fetch)(server.baseUrl.replace(/\/+$/, "") + path, {
    method: verb,
    headers,
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = parsed(text);
  if (!response.ok) throw new ToolServerError(response.status, response.headers, answer);
  return answer;
}

function parsed(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
