"""Tools for LangChain and LangGraph."""

import json
from typing import Any

from langchain_core.tools import StructuredTool

from .client import RemoteTool


def tool(remote: RemoteTool) -> StructuredTool:
    """The tool as LangChain takes it. Its answer is JSON in a text; the server alone checks the arguments."""

    def call(**arguments: Any) -> str:
        return json.dumps(remote.call(arguments), ensure_ascii=False)

    async def acall(**arguments: Any) -> str:
        return json.dumps(await remote.acall(arguments), ensure_ascii=False)

    return StructuredTool(
        name=remote.name, description=remote.description, args_schema=remote.schema, func=call, coroutine=acall
    )
