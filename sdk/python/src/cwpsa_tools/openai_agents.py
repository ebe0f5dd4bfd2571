"""Tools for the OpenAI Agents SDK."""

import json
from typing import Any

from agents import FunctionTool

from .client import RemoteTool, ToolServerError


def tool(remote: RemoteTool) -> FunctionTool:
    """Converts a tool to an OpenAI Agents SDK tool, which returns a JSON string. The server validates the arguments.

    A server error becomes a message to the model, which can correct its arguments, except a 429, which is raised to the
    run's caller.
    """

    async def invoke(_context: Any, arguments: str) -> str:
        try:
            given = json.loads(arguments or "{}")
        except ValueError as error:
            return f"expected the arguments as a JSON object: {error}"
        try:
            return json.dumps(await remote.acall(given), ensure_ascii=False)
        except ToolServerError as error:
            if error.status == 429:
                raise
            return str(error)

    return FunctionTool(
        name=remote.name,
        description=remote.description,
        params_json_schema=remote.schema,
        on_invoke_tool=invoke,
        # A strict schema makes every argument required.
        strict_json_schema=False,
    )
