"""Tools for Pydantic AI."""

from typing import Any

from pydantic_ai import ModelRetry, Tool

from .client import RemoteTool, ToolServerError

#: Errors of arguments that the model can correct.
_CORRECTABLE = {400, 404, 422}


def tool(remote: RemoteTool) -> Tool[Any]:
    """Returns the tool for Pydantic AI. The server validates the arguments.

    An error that the model can correct is a `ModelRetry`; any other, such as a 429, is raised to the caller of the run.
    """

    async def call(**arguments: Any) -> Any:
        try:
            return await remote.acall(arguments)
        except ToolServerError as error:
            if error.status in _CORRECTABLE:
                raise ModelRetry(str(error)) from error
            raise

    return Tool.from_schema(call, remote.name, remote.description, remote.schema)
