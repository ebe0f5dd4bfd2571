"""Tools for LangChain and LangGraph."""

import json
from typing import Any

from langchain_core.tools import StructuredTool

from .client import RemoteTool


def tool(remote: RemoteTool) -> StructuredTool:
    """Converts a tool to a LangChain tool, which returns a JSON string. The server validates the arguments."""

    def call(**arguments: Any) -> str:
        return json.dumps(remote.call(arguments), ensure_ascii=False)

    async def acall(**arguments: Any) -> str:
        return json.dumps(await remote.acall(arguments), ensure_ascii=False)

    return StructuredTool(
        name=remote.name, description=remote.description, args_schema=remote.schema, func=call, coroutine=acall
    )
