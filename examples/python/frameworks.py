"""Makes docs/frameworks.md of what the measuring scripts wrote: `python frameworks.py FOLDER` writes it,
`python frameworks.py FOLDER --check` ends with 1 where it is not what is checked in.

FOLDER holds node.json, langgraph.json and crewai.json."""

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DOCUMENT = HERE / "../../docs/frameworks.md"
LIMITS = ("minimum", "maximum", "minLength", "maxLength")

#: What is looked at, with the words of the table.
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
    "free": "free objects",
    "closed": "closed",
}

INTRODUCTION = """\
# What frameworks and formats make of the tools

Made by a test, `cargo xtask test --clients`, which fails where this page is not up to date. All {tools} tools of {areas} areas
were handed to each framework, as its SDK in `sdk/` hands them over, and what the framework would send to a model was
compared with what the server declares. For the formats of providers, `cwpsa tools --dialect` was handed to the
provider's own client. A cell is the number of places that are no longer what they were, of those in the first line;
a dot means none.

- *optional*: arguments that need not be given, and now must be, with no null to say that there is none;
- *descriptions*: of arguments; *limits*: `minimum`, `maximum`, `minLength`, `maxLength`;
- *nulls*: where an argument may be null by itself;
- *free objects*: objects that name no members, as `filter`, and that can't be given any more, neither as an object nor
  as a list nor as a text;
- *closed*: `additionalProperties: false`.

"Without the SDK" is a tool that is made of the same schema in the framework's own way.

No schema has a `$ref`, `oneOf`, `anyOf`, `allOf` or `pattern` (checked by this test), as too many clients drop them.

## Schemas
"""

REMEDIES = """
## What we do about it

| what | where | what we do |
| --- | --- | --- |
| names are cut at 64 characters, and what is not of a-z, 0-9 and `_` is replaced | CrewAI; providers refuse them | nothing is left to cut: the longest name has {longest} |
| arguments are checked before a call, and the model is not told what is wrong; short forms such as `"company": 250` are refused | LangChain.js | `ServerTool` leaves the check to the server, whose error names every wrong argument |
| everything becomes required | CrewAI, OpenAI's strict format | what is optional may be null, and nulls are taken out before the call |
| objects that name no members can't be filled, so that no filter can be given | CrewAI | they become a text with JSON in it, which the server reads |
| the same | OpenAI's strict format, Gemini's | a filter becomes a list of tests, custom fields a list of captions and values; their descriptions say so |
| one of several arguments is needed | OpenAI, Anthropic and Gemini, which refuse `anyOf` at the root of a schema; MCP hosts pass schemas on to them | the description says so, `describe` shows `anyOf`, and a call without any of them is rejected before it is sent |
| a nullable object is left open, which strict rules refuse | CrewAI | `sdk/python` closes it |
| an answer is kept, and the same call is not made again | CrewAI | `cache_function` says no |
| descriptions of references are dropped | CrewAI without the SDK | `sdk/python` hands over the server's schema, not a model made of it |
| limits are dropped | OpenAI's strict format | they stand in the argument's description |
| formats are dropped | Gemini's format | they stand in the argument's description |
| formats are dropped | CrewAI | nothing: the server checks the value |
| nothing says that an object is closed | Gemini's format | nothing: the server names the argument that it does not know, and the one that may be meant |
| an error ends the graph | LangGraph for Python | that is its default; `ToolNode(tools, handle_tool_errors=True)` lets the model correct it |
| an error is a message to the model, and its caller can't wait for `ratelimit-reset` | LangChain.js, LangGraph.js, CrewAI | call the tool yourself, or give `ToolNode` a `handleToolErrors` that throws a 429 on; the message begins with the status |
| a list over MCP would be longer than a client shows | MCP | four tools that find, describe, read with and call the others, beside two that most jobs begin with |

Null stands for "not given" wherever a schema does not allow it, at any depth, over MCP and HTTP as in these formats: a
client that gives every argument changes nothing that it does not mean. To empty fields of a record, an update has the
argument `clear`, a list of their names, and `customFields/CAPTION` for a field of the account's own.
"""


def types(schema: dict) -> set[str]:
    kinds = schema.get("type", [])
    found = {kinds} if isinstance(kinds, str) else set(kinds)
    if schema.get("nullable"):
        found.add("null")
    return {kind.lower() for kind in found}


def plain(schema: Any) -> dict:
    """The schema without an `anyOf` that only says that it may be null."""
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
    """Counts what there is in `own`, and what of it `other` has no more."""
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
        # What has no type at all takes anything.
        look("null", not gone and (not types(other) or "null" in types(other)))
    if own.get("additionalProperties") is False:
        look("closed", other.get("additionalProperties") is False)
    if is_free(own):
        look("free", is_free(other) or "string" in types(other) or bool(other.get("items")))
    if "array" in types(own) and types(other) <= {"string", "null"} and not gone:
        # As JSON in a text: what is in it is no longer said, but can be given.
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
    """What there is, what is lost, and how many tools came through as they were."""
    total, lost, same = Counter(), Counter(), 0
    for name, tool in own.items():
        there = others.get(name, {"name": "", "description": "", "schema": {}})
        total.update(name=1, about=1)
        lost.update(name=there["name"] != tool["name"], about=there["description"] != tool["description"])
        compare(tool["schema"], there["schema"], total, lost)
        same += there == tool
    return total, lost, same


def unknown(schema: Any) -> set[str]:
    """Keywords that the page says are not there."""
    if isinstance(schema, list):
        return set().union(*map(unknown, schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    found = {"$ref", "$defs", "oneOf", "anyOf", "allOf", "pattern"} & schema.keys()
    members = [*schema.get("properties", {}).values(), schema.get("items")]
    return found.union(*map(unknown, members))


def versions() -> dict[str, str]:
    """The pinned versions of packages."""
    lock = json.loads((HERE / "../node/package-lock.json").read_text("utf-8"))
    found = {name.removeprefix("node_modules/"): entry.get("version") for name, entry in lock["packages"].items()}
    for name in ("langgraph.txt", "crewai.txt"):
        for package, version in re.findall(r"^([\w-]+)==(\S+)", (HERE / name).read_text("utf-8"), re.MULTILINE):
            # Of both, the first is the one that most was measured with.
            found.setdefault(f"python:{package}", version)
    return found


#: Which packages were measured.
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
            head = ["all", str(len(own)), *(str(total[feature]) for feature in FEATURES)]
        cells = [str(lost[feature]) if lost[feature] else "·" for feature in FEATURES]
        lines.append([name, str(same), *cells])
    titles = ["handed to", "unchanged", *FEATURES.values()]
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
                thrown = f"`{caller['name']}`, status {caller['status']}, {'with' if caller['headers'] else 'no'} headers"
            rows.append([name, text or "·", thrown])
    return table(["framework", "what the model reads", "what the caller catches"], rows)


def table(titles: list[str], rows: list[list[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def document(measured: list[dict], areas: int) -> str:
    own, native = measured[0]["given"], measured[1]["native"]
    surprising = set().union(*(unknown(tool["schema"]) for tool in [*own.values(), *native.values()]))
    if surprising:
        raise SystemExit(f"error: schemas have {', '.join(sorted(surprising))}, and the page says that they don't")
    known = versions()
    used = [[name, ", ".join(f"{one.removeprefix('python:')} {known[one]}" for one in ones)] for name, ones in PACKAGES.items()]
    return "".join([
        INTRODUCTION.format(tools=f"{len(own):,}", areas=areas), "\n", schemas(own, native, measured),
        "\n## Errors\n\nThe tool `create_a_connect_wise_psa_ticket_note` was called with a text for `ticketId`, "
        "from within each framework's own loop.\n\n",
        errors(measured), REMEDIES.format(longest=max(map(len, own))), "\n## Versions\n\n", table(["", "packages"], used),
    ])


def main() -> int:
    folder = Path(sys.argv[1])
    parts = [json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("node", "langgraph", "crewai")]
    text = document(parts, len(parts[1]["areas"]))
    if "--check" not in sys.argv:
        DOCUMENT.write_text(text, "utf-8")
    elif not DOCUMENT.exists() or DOCUMENT.read_text("utf-8") != text:
        print("error: docs/frameworks.md is not up to date: run `cargo xtask examples --write`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
