"""Generates docs/framework-compatibility.md from the measurement results.

`python frameworks.py FOLDER` writes the page, and `python frameworks.py FOLDER --check` exits with 1 if it is not up to date.
FOLDER contains node.json, langgraph.json and crewai.json."""

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DOCUMENT = HERE / "../../docs/framework-compatibility.md"
LIMITS = ("minimum", "maximum", "minLength", "maxLength")

#: The compared features, with their column titles.
FEATURES = {
    "name": "tool names",
    "about": "tool descriptions",
    "property": "properties",
    "required": "required",
    "optional": "optional",
    "description": "descriptions",
    "enum": "`enum`",
    "format": "`format`",
    "limit": "limits",
    "null": "nulls",
    "free": "free-form objects",
    "closed": "closed",
}

INTRODUCTION = """\
# Framework compatibility

This page shows which parts of tool schemas and errors are dropped by agent frameworks and LLM providers' tool formats. To
update the page, run `cargo xtask examples --write`. `cargo xtask test --clients` checks that it is up to date.

All {tools} tools in {areas} modules were passed to each framework through this repository's SDKs (in `sdk/`), and the schemas
that the framework sent to the model were compared with the server's schemas. For provider formats, the output of
`cwpsa tools --dialect` was passed to each LLM provider's client. "Without the SDK" means that the framework built the tools
from the same schemas using only its built-in features.

The first row shows how many items the server's schemas contain. In the rows below it, the *unchanged* column counts the
tools that are identical to the server's; the columns after it count the items that were changed or dropped. A dot means none.

- *optional*: optional arguments that became required and don't accept null
- *descriptions*: argument descriptions
- *limits*: `minimum`, `maximum`, `minLength`, and `maxLength`
- *nulls*: arguments that accept null in the server's schema
- *free-form objects*: objects without declared properties, such as `filter`, that the model can no longer pass in any form
  (object, list, or string)
- *closed*: `additionalProperties: false`

The server's schemas don't contain `$ref`, `oneOf`, `anyOf`, `allOf`, or `pattern`, because many clients drop these keywords.
`cargo xtask test --clients` checks that they don't.

## Schemas
"""

REMEDIES = """
## Workarounds

| problem | where | workaround |
| --- | --- | --- |
| names are truncated to 64 characters, and characters other than a-z, 0-9, and `_` are replaced | CrewAI (providers reject names that are longer or contain other characters) | none needed: the longest name is {longest} characters long |
| arguments are validated before the call, and the model isn't told what is invalid; short forms such as `"company": 250` (for `{{"id": 250}}`) are rejected | LangChain.js | `ServerTool` leaves validation to the server, whose errors name every invalid argument |
| all arguments become required | CrewAI, OpenAI's strict format | optional arguments accept null, and nulls are removed before the call |
| free-form objects can't be passed, so filters can't be used | CrewAI | the model passes these objects as JSON strings, which the server parses |
| free-form objects can't be passed | OpenAI's strict format, Gemini's format | a filter becomes a list of conditions, and custom fields become a list of captions and values; the argument descriptions explain this |
| `anyOf` at the root of a schema is rejected | OpenAI, Anthropic, Gemini, and MCP clients that use these providers | if one of several arguments is required, the tool's description says so and `cwpsa describe` shows the `anyOf`; a call with none of these arguments is rejected before it is sent |
| nullable objects aren't closed, although strict schemas require them to be | CrewAI | `sdk/python` closes them |
| results are cached, so an identical call isn't sent again | CrewAI | `cache_function` disables the cache |
| descriptions of reference fields (such as `company`, which points to another record) are dropped | CrewAI without the SDK | `sdk/python` passes the server's schema instead of a Pydantic model class |
| limits are dropped | OpenAI's strict format | limits are added to the argument's description |
| formats are dropped | Gemini's format | formats are added to the argument's description |
| formats are dropped | CrewAI | none: the server validates the value |
| objects can't be declared closed | Gemini's format | none: the server rejects unknown arguments, and the error suggests the closest argument name |
| an error aborts the graph run | LangGraph for Python | `ToolNode(tools, handle_tool_errors=True)` lets the model correct the call |
| an error becomes a message to the model, so the agent's caller can't wait for `ratelimit-reset` | LangChain.js, LangGraph.js, CrewAI | call the tool yourself, or pass `ToolNode` a `handleToolErrors` that rethrows 429s (the error message starts with the status code) |
| the full tool list is too long for clients to handle | MCP | by default, clients get only meta-tools for finding, describing, and calling any other tool, plus the two most frequently used `list_*` tools |

A null that the schema doesn't allow is ignored at any depth, whether the call comes over MCP, over HTTP, or in one of these
formats. A client that passes null for every unused argument therefore doesn't clear any fields by accident. To clear fields in
an update, list their names in `clear`; for a custom field, use `customFields/CAPTION`.
"""


def types(schema: dict) -> set[str]:
    kinds = schema.get("type", [])
    found = {kinds} if isinstance(kinds, str) else set(kinds)
    if schema.get("nullable"):
        found.add("null")
    return {kind.lower() for kind in found}


def plain(schema: Any) -> dict:
    """Returns the schema without an `anyOf` that only makes it nullable."""
    if not isinstance(schema, dict) or "anyOf" not in schema:
        return schema if isinstance(schema, dict) else {}
    choices = [plain(choice) for choice in schema["anyOf"]]
    given = [choice for choice in choices if types(choice) != {"null"}]
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    merged = {**(given[0] if len(given) == 1 else {"type": sorted(set().union(*map(types, given)))}), **rest}
    if len(given) < len(choices):
        merged["type"] = [*types(merged), "null"]
    return merged


def is_free(schema: dict) -> bool:
    named = schema.get("properties") or schema.get("additionalProperties") is False
    return "object" in types(schema) and not named


def compare(own: dict, other: dict | None, total: Counter, lost: Counter) -> None:
    """Counts the features in `own`, and the features that `other` has lost."""
    gone = other is None
    other = plain(other or {})

    def look(feature: str, kept: bool) -> None:
        total[feature] += 1
        lost[feature] += not kept

    if "description" in own:
        look("description", own["description"] in other.get("description", ""))
    if "enum" in own:
        there = other.get("enum", [other["const"]] if "const" in other else [])
        values = [value for value in there if value is not None]
        look("enum", values == [value for value in own["enum"] if value is not None])
    if "format" in own:
        look("format", other.get("format") == own["format"])
    for name in LIMITS:
        if name in own:
            look("limit", other.get(name) == own[name])
    if "null" in types(own):
        # A schema without a type accepts any value.
        look("null", not gone and (not types(other) or "null" in types(other)))
    if own.get("additionalProperties") is False:
        look("closed", other.get("additionalProperties") is False)
    if is_free(own):
        look("free", is_free(other) or "string" in types(other) or bool(other.get("items")))
    if "array" in types(own) and types(other) <= {"string", "null"} and not gone:
        # A JSON string: its contents are no longer declared, but can be passed.
        return
    if "items" in own:
        compare(own["items"], other.get("items"), total, lost)
    needed, needed_there = own.get("required", []), other.get("required", [])
    for name, member in own.get("properties", {}).items():
        there = other.get("properties", {}).get(name)
        look("property", there is not None)
        if name in needed:
            look("required", name in needed_there)
        else:
            free = name not in needed_there or "null" in types(plain(there))
            look("optional", not gone and there is not None and free)
        compare(member, there, total, lost)


def row(own: dict, others: dict) -> tuple[Counter, Counter, int]:
    """Returns the feature counts, the lost features, and the number of unchanged tools."""
    total, lost, same = Counter(), Counter(), 0
    for name, tool in own.items():
        there = others.get(name, {"name": "", "description": "", "schema": {}})
        total.update(name=1, about=1)
        lost.update(name=there["name"] != tool["name"], about=there["description"] != tool["description"])
        compare(tool["schema"], there["schema"], total, lost)
        same += there == tool
    return total, lost, same


def unknown(schema: Any) -> set[str]:
    """Returns keywords that schemas must not contain according to the page."""
    if isinstance(schema, list):
        return set().union(*map(unknown, schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    found = {"$ref", "$defs", "oneOf", "anyOf", "allOf", "pattern"} & schema.keys()
    members = [*schema.get("properties", {}).values(), schema.get("items")]
    return found.union(*map(unknown, members))


def versions() -> dict[str, str]:
    """Returns the pinned package versions."""
    lock = json.loads((HERE / "../node/package-lock.json").read_text("utf-8"))
    found = {name.removeprefix("node_modules/"): entry.get("version") for name, entry in lock["packages"].items()}
    for name in ("langgraph.txt", "crewai.txt"):
        for package, version in re.findall(r"^([\w-]+)==(\S+)", (HERE / name).read_text("utf-8"), re.MULTILINE):
            # Prefer the version in langgraph.txt, which most measurements use.
            found.setdefault(f"python:{package}", version)
    return found


#: The measured packages.
PACKAGES = {
    "LangChain.js": ["@langchain/core", "langchain", "@langchain/anthropic"],
    "LangGraph.js": ["@langchain/langgraph"],
    "Vercel AI SDK": ["ai", "@ai-sdk/anthropic"],
    "MCP SDK for TypeScript": ["@modelcontextprotocol/client"],
    "LangChain": ["python:langchain-core", "python:langchain-anthropic"],
    "LangGraph": ["python:langgraph"],
    "CrewAI": ["python:crewai"],
    "MCP SDK for Python": ["python:mcp"],
    "OpenAI's client": ["python:openai"],
    "Anthropic's client": ["python:anthropic"],
}


def schemas(own: dict, native: dict, measured: list[dict]) -> str:
    lines, head = [], None
    rows = [(name, own, sent) for part in measured for name, sent in part.get("sent", {}).items()]
    for member in ("dialects", "listed"):
        rows += [(name, native, sent) for part in measured for name, sent in part.get(member, {}).items()]
    for name, before, sent in rows:
        total, lost, same = row(before, sent)
        if head is None:
            head = ["total", str(len(own)), *(str(total[feature]) for feature in FEATURES)]
        cells = [str(lost[feature]) if lost[feature] else "·" for feature in FEATURES]
        lines.append([name, str(same), *cells])
    titles = ["passed to", "unchanged", *FEATURES.values()]
    return table(titles, [head or [], *lines])


def errors(measured: list[dict]) -> str:
    rows = []
    for part in measured:
        for name, seen in part.get("errors", {}).items():
            text = seen.get("model", "").split("\n    at ")[0].replace("\n", " ⏎ ").replace("|", "\\|")
            text = text if len(text) <= 230 else f"{text[:230]}…"
            caller = seen.get("caller")
            thrown = "·"
            if caller:
                headers = "the response headers" if caller["headers"] else "no headers"
                thrown = f"`{caller['name']}` with status {caller['status']} and {headers}"
            rows.append([name, text or "·", thrown])
    return table(["framework", "message to the model", "exception for the caller"], rows)


def table(titles: list[str], rows: list[list[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def document(measured: list[dict], areas: int) -> str:
    own, native = measured[0]["given"], measured[1]["native"]
    surprising = set().union(*(unknown(tool["schema"]) for tool in [*own.values(), *native.values()]))
    if surprising:
        raise SystemExit(f"error: schemas contain {', '.join(sorted(surprising))}, which the page rules out")
    known = versions()
    used = [[name, ", ".join(f"{one.removeprefix('python:')} {known[one]}" for one in ones)] for name, ones in PACKAGES.items()]
    return "".join([
        INTRODUCTION.format(tools=f"{len(own):,}", areas=areas), "\n", schemas(own, native, measured),
        "\n## Errors\n\nEach framework called the `create_a_connect_wise_psa_ticket_note` tool in its own agent loop, "
        "with a string for `ticketId`.\n\n",
        errors(measured), REMEDIES.format(longest=max(map(len, own))), "\n## Versions\n\n", table(["", "packages"], used),
    ])


def main() -> int:
    folder = Path(sys.argv[1])
    parts = [json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("node", "langgraph", "crewai")]
    text = document(parts, len(parts[1]["areas"]))
    if "--check" not in sys.argv:
        DOCUMENT.write_text(text, "utf-8")
    elif not DOCUMENT.exists() or DOCUMENT.read_text("utf-8") != text:
        print("error: docs/framework-compatibility.md is not up to date: run `cargo xtask examples --write`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
