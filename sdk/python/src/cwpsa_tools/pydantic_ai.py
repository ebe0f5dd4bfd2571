"""Tools for Pydantic AI."""

from typing import Any

from pydantic_ai import ModelRetry, Tool

from .client import RemoteTool, ToolServerError

#: Statuses of argument errors that the model can correct.
_CORRECTABLE = {400, 404, 422}


def tool(remote: RemoteTool) -> Tool[Any]:
    """Converts a tool to a Pydantic AI tool. The server validates the arguments.

    An error that the model can correct is raised as a `ModelRetry`. Any other error, such as a 429, is raised to the run's
    caller.
    """

    async def call(**arguments: Any) -> Any:
        try:
            return await remote.acall(arguments)
        except ToolServerError as error:
            if error.status in _CORRECTABLE:
                raise ModelRetry(str(error)) from error
            raise

    return Tool.from_schema(call, remote.name, remote.description, remote.schema)
