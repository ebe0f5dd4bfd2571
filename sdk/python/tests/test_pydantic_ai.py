"""Tests the Pydantic AI tools with a scripted model, against a real server."""

import unittest
from typing import Any

from cwpsa_tools import ToolServerError, get_tools
from pydantic_ai import Agent
from pydantic_ai.messages import ModelMessage, ModelResponse, RetryPromptPart, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from tests.scripted import INVALID, LIST, VALID
from tests.server import limited, start


def run(url: str, *calls: dict[str, Any]) -> tuple[list[Any], dict[str, dict]]:
    """Runs a model that makes these calls. Returns the results that it got, and the schemas of its tools."""
    declared: dict[str, dict] = {}
    seen: list[Any] = []

    def respond(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        declared.update({tool.name: tool.parameters_json_schema for tool in info.function_tools})
        parts = [part for message in messages for part in message.parts]
        seen[:] = [part.content for part in parts if isinstance(part, (ToolReturnPart, RetryPromptPart))]
        if len(seen) < len(calls):
            return ModelResponse(parts=[ToolCallPart(LIST, calls[len(seen)])])
        return ModelResponse(parts=[TextPart("Done.")])

    tools = get_tools("acme", base_url=url, methods=["list"], tags=["Tickets"], framework="pydantic-ai")
    Agent(FunctionModel(respond), tools=tools).run_sync("List tickets.")
    return seen, declared


class PydanticAI(unittest.TestCase):
    def test_the_model_sees_invalid_arguments_and_corrects_them(self):
        (invalid, valid), declared = run(start("serve", "--sandbox"), INVALID, VALID)
        self.assertRegex(invalid, r"^400: .*\n/pageSize: ")
        self.assertEqual(len(valid["result"]), 1)
        self.assertIn("filter", declared[LIST]["properties"])

    def test_a_429_is_raised_to_the_caller(self):
        with self.assertRaises(ToolServerError) as caught:
            run(limited(), VALID)
        self.assertEqual(caught.exception.status, 429)
        self.assertEqual(caught.exception.headers["ratelimit-reset"], "1")


if __name__ == "__main__":
    unittest.main()
