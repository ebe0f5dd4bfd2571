"""Records what LangChain, LangGraph and the MCP SDK send to a model for every schema, and how they handle server errors.

Run it with `python measure_langgraph.py FILE`; frameworks.py compares the results.
"""

import asyncio
import json
import sys
from typing import Any

from anthropic import Anthropic
from cwpsa_tools import ToolServerError, get_tools
from langchain_anthropic.chat_models import convert_to_anthropic_tool
from langchain_core.messages import AIMessage
from langchain_core.utils.function_calling import convert_to_openai_tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from openai import OpenAI

from scripted import Provider
from server import declared, program, server

NOTE = "create_a_connect_wise_psa_ticket_note"
WRONG = {"ticketId": "x"}


def sent_by_openai(tools: list[dict]) -> list[dict]:
    """Returns what OpenAI's client sends for `tools`."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": ""}}
    answer = {"id": "1", "object": "chat.completion", "created": 0, "model": "none", "choices": [choice]}
    provider = Provider(lambda _: answer)
    OpenAI(base_url=provider.url, api_key="none").chat.completions.create(
        model="none", messages=[{"role": "user", "content": "?"}], tools=tools
    )
    return provider.requests[0]["tools"]


def sent_by_anthropic(tools: list[dict]) -> list[dict]:
    """Returns what Anthropic's client sends for `tools`."""
    answer = {
        "id": "1", "type": "message", "role": "assistant", "model": "none", "content": [], "stop_reason": "end_turn",
        "stop_sequence": None, "usage": {"input_tokens": 0, "output_tokens": 0},
    }
    provider = Provider(lambda _: answer)
    Anthropic(base_url=provider.url, api_key="none").messages.create(
        model="none", max_tokens=1, messages=[{"role": "user", "content": "?"}], tools=tools
    )
    return provider.requests[0]["tools"]


def openai(tool: dict) -> dict:
    function = tool["function"]
    return {"name": function["name"], "description": function["description"], "schema": function["parameters"]}


def anthropic(tool: dict) -> dict:
    return {"name": tool["name"], "description": tool["description"], "schema": tool["input_schema"]}


def gemini(tool: dict) -> dict:
    return {"name": tool["name"], "description": tool["description"], "schema": tool.get("parameters", {})}


async def over_mcp() -> tuple[dict, dict]:
    """Returns the tools as the MCP SDK lists them, and how it handles an error."""
    # A tool list doesn't wait for custom fields, so exclude them from the comparison.
    command = ["mcp", "--sandbox", "--tools", "all", "--names", "full", "--custom-fields", "false"]
    listed, cursor = {}, None
    async with Client(StdioServerParameters(command=program(), args=command)) as client:
        while True:
            page = await client.list_tools(cursor=cursor)
            for tool in page.tools:
                shown = {"name": tool.name, "description": tool.description, "schema": tool.input_schema}
                listed[tool.name] = shown
            cursor = page.next_cursor
            if not cursor:
                break
        result = await client.call_tool(NOTE, WRONG)
    return listed, {"model": result.content[0].text if result.is_error else "no error"}


def error_of(tool: Any, **options: Any) -> dict:
    """Returns how a graph handles a server error."""
    graph = StateGraph(MessagesState)
    graph.add_node("tools", ToolNode([tool], **options))
    graph.add_edge(START, "tools")
    call = {"name": NOTE, "args": WRONG, "id": "1"}
    try:
        answer = graph.compile().invoke({"messages": [AIMessage("", tool_calls=[call])]})
    except Exception as error:
        seen = isinstance(error, ToolServerError)
        return {
            "caller": {
                "name": type(error).__name__, "message": str(error), "status": error.status if seen else None,
                "headers": seen,
            }
        }
    return {"model": answer["messages"][-1].content}


def main() -> None:
    base_url = server()
    tools = get_tools("acme", base_url=base_url)
    names = [tool.name for tool in tools]
    [note] = [tool for tool in tools if tool.name == NOTE]
    listed, error = asyncio.run(over_mcp())

    def by_name(sent: list[dict]) -> dict:
        return dict(zip(names, sent, strict=True))

    def dialect(name: str, read: Any, send: Any = list) -> dict:
        own = declared((), name)
        return {read(tool)["name"]: read(sent) for tool, sent in zip(own, send(own), strict=True)}

    found = {
        "areas": sorted({tool["module"] for tool in declared((), None)}),
        "native": {
            tool["name"]: {"name": tool["name"], "description": tool["description"], "schema": tool["inputSchema"]}
            for tool in declared((), "mcp")
        },
        "sent": {
            "LangChain → OpenAI": by_name([openai(convert_to_openai_tool(tool)) for tool in tools]),
            "LangChain → Anthropic": by_name([anthropic(convert_to_anthropic_tool(tool)) for tool in tools]),
        },
        "listed": {"MCP SDK for Python": listed},
        "dialects": {
            "OpenAI's format": dialect("openai", openai, sent_by_openai),
            "OpenAI's format, strict mode": dialect("openai-strict", openai, sent_by_openai),
            "Anthropic's format": dialect("anthropic", anthropic, sent_by_anthropic),
            "Gemini's format": dialect("gemini", gemini),
        },
        "errors": {
            "LangGraph, `ToolNode`": error_of(note),
            "LangGraph, `ToolNode(handle_tool_errors=True)`": error_of(note, handle_tool_errors=True),
            "MCP SDK for Python": error,
        },
    }
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(found, file)


if __name__ == "__main__":
    main()
