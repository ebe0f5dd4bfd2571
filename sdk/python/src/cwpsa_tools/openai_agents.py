"""Tools for the OpenAI Agents SDK."""

import json
from typing import Any

from agents import FunctionTool

from .client import RemoteTool, ToolServerError


def tool(remote: RemoteTool) -> FunctionTool:
    """Returns the tool for the OpenAI Agents SDK. It returns JSON text, and the server validates the arguments.

    An error of the server becomes a message to the model, which can correct its arguments; a 429 is raised to the caller
    of the run.
    """

    async def invoke(_context: Any, arguments: str) -> str:
        try:
            given = json.loads(arguments or "{}")
        except ValueError as error:
            return f"expected a JSON object of arguments: {error}"
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
        # A strict schema would make every argument required.
        strict_json_schema=False,
    )
