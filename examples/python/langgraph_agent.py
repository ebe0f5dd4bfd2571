"""Looks up stock with a LangGraph graph. Run it with `python langgraph_agent.py`."""

import json
import os
from typing import Any

from cwpsa_tools import get_tools
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition

from job import Stock, show
from server import account, server

JOB = Stock()


class Scripted(BaseChatModel):
    """A scripted model."""

    def bind_tools(self, tools: Any, **_: Any) -> "Scripted":
        show("tools", ", ".join(tool.name for tool in tools))
        return self

    def _generate(self, messages: list, *_: Any, **__: Any) -> ChatResult:
        results = [json.loads(message.content) for message in messages if isinstance(message, ToolMessage)]
        step = JOB.next(results)
        if isinstance(step, str):
            message = AIMessage(step)
        else:
            name, arguments = step
            show("calls", f"{name} {json.dumps(arguments)}")
            call = {"name": name, "args": arguments, "id": f"call-{len(results)}"}
            message = AIMessage("", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=message)])

    @property
    def _llm_type(self) -> str:
        return "scripted"


def model() -> BaseChatModel:
    """Returns a real model if a key is set, otherwise a scripted model."""
    if os.environ.get("ANTHROPIC_API_KEY"):
        from langchain_anthropic import ChatAnthropic

        return ChatAnthropic(model=os.environ.get("MODEL", "claude-sonnet-5-5"))
    return Scripted()


def main() -> None:
    base_url = server()
    tools = get_tools(account(), base_url=base_url, api_key=os.environ.get("CWPSA_TOKEN"), **JOB.wanted)
    bound = model().bind_tools(tools)
    graph = StateGraph(MessagesState)
    graph.add_node("model", lambda state: {"messages": [bound.invoke(state["messages"])]})
    # With `handle_tool_errors`, the model sees errors and can correct the call. Without it, an error ends the graph.
    graph.add_node("tools", ToolNode(tools, handle_tool_errors=True))
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", tools_condition)
    graph.add_edge("tools", "model")
    show("asks", JOB.question)
    answer = graph.compile().invoke({"messages": [("user", JOB.question)]})["messages"][-1].text
    show("answers", answer)
    JOB.check(answer, base_url)


if __name__ == "__main__":
    main()
