"""Tests the OpenAI Agents SDK tools with a scripted model, against a real server."""

import asyncio
import json
import unittest
from typing import Any

from agents import Agent, Model, ModelResponse, RunConfig, Runner, Usage
from cwpsa_tools import ToolServerError, get_tools
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText

from tests.scripted import INVALID, LIST, VALID
from tests.server import limited, named, start


class Scripted(Model):
    """A model that makes calls one after another, and then responds with the last result."""

    def __init__(self, *calls: dict[str, Any]):
        self.calls = calls
        self.declared: dict[str, dict] = {}

    async def get_response(self, *, input: Any, tools: Any, **_: Any) -> Any:
        self.declared = {tool.name: tool.params_json_schema for tool in tools}
        items = input if isinstance(input, list) else []
        results = [item["output"] for item in items if item.get("type") == "function_call_output"]
        if len(results) < len(self.calls):
            arguments = json.dumps(self.calls[len(results)])
            call_id = f"call-{len(results)}"
            output = ResponseFunctionToolCall(call_id=call_id, name=LIST, arguments=arguments, type="function_call")
        else:
            text = ResponseOutputText(annotations=[], text="\n---\n".join(results), type="output_text")
            output = ResponseOutputMessage(id="1", content=[text], role="assistant", status="completed", type="message")
        return ModelResponse(output=[output], usage=Usage(), response_id=None)

    def stream_response(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError


def run(url: str, *calls: dict[str, Any]) -> tuple[str, Scripted]:
    model = Scripted(*calls)
    tools = get_tools("acme", base_url=url, methods=["list"], tags=["Tickets"], framework="openai-agents")
    agent = Agent(name="Dispatcher", model=model, tools=tools)
    result = asyncio.run(Runner.run(agent, "List tickets.", run_config=RunConfig(tracing_disabled=True)))
    return result.final_output, model


class OpenAIAgents(unittest.TestCase):
    def test_the_model_sees_invalid_arguments_and_corrects_them(self):
        answer, model = run(start("serve", "--sandbox"), INVALID, VALID)
        invalid, valid = answer.split("\n---\n")
        self.assertRegex(invalid, r"^400: .*\n/pageSize: ")
        self.assertEqual(len(json.loads(valid)["result"]), 1)
        self.assertIn("filter", model.declared[LIST]["properties"])
        self.assertEqual(model.declared[LIST]["required"], [])

    def test_a_429_is_raised_to_the_caller(self):
        with self.assertRaises(Exception) as caught:
            run(limited(), VALID)
        error = caught.exception
        while not isinstance(error, ToolServerError):
            error = error.__cause__
            self.assertIsNotNone(error, "the error of the server is the cause")
        self.assertEqual(error.status, 429)
        self.assertEqual(error.headers["ratelimit-reset"], "1")

    def test_arguments_that_are_not_json_become_a_message(self):
        tools = get_tools("acme", base_url=start("serve", "--sandbox"), tags=["Tickets"], framework="openai-agents")
        tool = named(tools)["list_all_tickets"]
        self.assertIn("expected the arguments as a JSON object", asyncio.run(tool.on_invoke_tool(None, "{")))


if __name__ == "__main__":
    unittest.main()
