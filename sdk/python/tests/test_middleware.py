"""Tests the LangChain middleware in an agent with a scripted model, against a real server."""

import asyncio
import json
import unittest
from typing import Any

from cwpsa_tools import ToolServerError, get_tools
from cwpsa_tools.middleware import ToolErrorMiddleware
from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.checkpoint.memory import InMemorySaver

from tests.scripted import INVALID, LIST, VALID
from tests.server import limited, start


class Scripted(BaseChatModel):
    """A model that makes calls one after another, and then responds."""

    calls: list[dict[str, Any]]

    def bind_tools(self, *_: Any, **__: Any) -> "Scripted":
        return self

    def _generate(self, messages: list, *_: Any, **__: Any) -> ChatResult:
        made = sum(isinstance(message, ToolMessage) for message in messages)
        message = AIMessage("Done.")
        if made < len(self.calls):
            call = {"name": LIST, "args": self.calls[made], "id": f"call-{made}"}
            message = AIMessage("", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=message)])

    @property
    def _llm_type(self) -> str:
        return "scripted"


def agent(url: str, *calls: dict[str, Any]) -> Any:
    tools = get_tools("acme", base_url=url, methods=["list"], tags=["Tickets"])
    model = Scripted(calls=list(calls))
    return create_agent(model, tools, middleware=[ToolErrorMiddleware()], checkpointer=InMemorySaver())


def results(state: dict[str, Any]) -> list[ToolMessage]:
    return [message for message in state["messages"] if isinstance(message, ToolMessage)]


CONFIG: Any = {"configurable": {"thread_id": "1"}}
QUESTION: Any = {"messages": [("user", "List tickets.")]}


class Middleware(unittest.TestCase):
    def check_correction(self, state: dict[str, Any]) -> None:
        invalid, valid = results(state)
        self.assertEqual(invalid.status, "error")
        self.assertRegex(invalid.content, r"^400: .*\n/pageSize: ")
        self.assertEqual(len(json.loads(valid.content)["result"]), 1)

    def test_the_model_sees_invalid_arguments_and_corrects_them(self):
        url = start("serve", "--sandbox")
        self.check_correction(agent(url, INVALID, VALID).invoke(QUESTION, CONFIG))
        self.check_correction(asyncio.run(agent(url, INVALID, VALID).ainvoke(QUESTION, CONFIG)))

    def test_a_429_is_raised_to_the_caller_who_resumes_where_the_agent_stopped(self):
        made = agent(limited(), VALID, VALID)
        with self.assertRaises(ToolServerError) as caught:
            made.invoke(QUESTION, CONFIG)
        self.assertEqual(caught.exception.status, 429)
        self.assertEqual(caught.exception.headers["ratelimit-reset"], "1")
        # The server rejects only one request, so the agent can continue immediately.
        self.assertEqual([message.status for message in results(made.invoke(None, CONFIG))], ["success"] * 2)


if __name__ == "__main__":
    unittest.main()
