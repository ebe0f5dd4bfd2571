"""Tests the AutoGen tools with a scripted model, against a real server."""

import asyncio
import json
import unittest
from typing import Any

from autogen_agentchat.agents import AssistantAgent
from autogen_core import FunctionCall
from autogen_core.models import ChatCompletionClient, CreateResult, FunctionExecutionResultMessage, ModelInfo, RequestUsage
from cwpsa_tools import get_tools

from tests.scripted import INVALID, LIST, VALID
from tests.server import limited, named, start

NO_USAGE = RequestUsage(prompt_tokens=0, completion_tokens=0)


class Scripted(ChatCompletionClient):
    """A model that makes calls one after another, and then responds with their results."""

    def __init__(self, *calls: dict[str, Any]):
        self.calls = calls
        self.declared: dict[str, dict] = {}

    async def create(self, messages: Any, *, tools: Any = (), **_: Any) -> CreateResult:
        self.declared = {tool["name"]: tool["parameters"] for tool in tools}
        results = [
            result.content
            for message in messages
            if isinstance(message, FunctionExecutionResultMessage)
            for result in message.content
        ]
        if len(results) < len(self.calls):
            arguments = json.dumps(self.calls[len(results)])
            content: Any = [FunctionCall(id=f"call-{len(results)}", name=LIST, arguments=arguments)]
            return CreateResult(finish_reason="function_calls", content=content, usage=NO_USAGE, cached=False)
        return CreateResult(finish_reason="stop", content="\n---\n".join(results), usage=NO_USAGE, cached=False)

    @property
    def model_info(self) -> ModelInfo:
        return ModelInfo(
            vision=False, function_calling=True, json_output=False, family="unknown", structured_output=False
        )

    capabilities = model_info

    def create_stream(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError

    async def close(self) -> None:
        pass

    def actual_usage(self) -> RequestUsage:
        return NO_USAGE

    total_usage = actual_usage

    def count_tokens(self, *_: Any, **__: Any) -> int:
        return 0

    remaining_tokens = count_tokens


def run(url: str, *calls: dict[str, Any]) -> tuple[str, Scripted, Any]:
    model = Scripted(*calls)
    tools = get_tools("acme", base_url=url, methods=["list"], tags=["Tickets"], framework="autogen")
    agent = AssistantAgent("dispatcher", model, tools=tools, max_tool_iterations=len(calls) + 1)
    result = asyncio.run(agent.run(task="List tickets."))
    return result.messages[-1].content, model, named(tools)["list_all_tickets"]


class AutoGen(unittest.TestCase):
    def test_the_model_sees_invalid_arguments_and_corrects_them(self):
        answer, model, tool = run(start("serve", "--sandbox"), INVALID, VALID)
        invalid, valid = answer.split("\n---\n")
        self.assertRegex(invalid, r"400: .*\n/pageSize: ")
        self.assertEqual(len(json.loads(valid)["result"]), 1)
        self.assertIn("filter", model.declared[LIST]["properties"])
        self.assertIsNone(tool.rate_limit)

    def test_a_429_is_reported_by_the_tool(self):
        answer, _, tool = run(limited(), VALID)
        self.assertIn("429: ", answer)
        self.assertEqual(tool.rate_limit.status, 429)
        self.assertEqual(tool.rate_limit.headers["ratelimit-reset"], "1")


if __name__ == "__main__":
    unittest.main()
