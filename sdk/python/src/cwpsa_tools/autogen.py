"""Tools for AutoGen."""

import json
from typing import Any

from autogen_core import CancellationToken
from autogen_core.tools import BaseTool, ParametersSchema, ToolSchema
from pydantic import BaseModel, ConfigDict

from .client import RemoteTool, ToolServerError


class _Arguments(BaseModel):
    """Accepts all arguments; the server validates them."""

    model_config = ConfigDict(extra="allow")


class _Result(BaseModel):
    """A result as a JSON string."""

    text: str


class ServerTool(BaseTool[_Arguments, _Result]):
    """An AutoGen tool. Returns a JSON string.

    AutoGen converts every tool error into a message to the model. After a 429, `rate_limit` contains the error. Check it
    when the run has ended, and pause if it is set.
    """

    def __init__(self, remote: RemoteTool):
        super().__init__(_Arguments, _Result, remote.name, remote.description)
        self._remote = remote
        #: The last call's error, if it was a 429.
        self.rate_limit: ToolServerError | None = None

    @property
    def schema(self) -> ToolSchema:
        parameters = ParametersSchema(**self._remote.schema)
        return ToolSchema(name=self.name, description=self.description, parameters=parameters, strict=False)

    async def run(self, args: _Arguments, cancellation_token: CancellationToken) -> _Result:
        self.rate_limit = None
        try:
            result = await self._remote.acall(args.model_dump())
        except ToolServerError as error:
            self.rate_limit = error if error.status == 429 else None
            raise
        return _Result(text=json.dumps(result, ensure_ascii=False))

    def return_value_as_string(self, value: Any) -> str:
        return value.text if isinstance(value, _Result) else super().return_value_as_string(value)


def tool(remote: RemoteTool) -> ServerTool:
    """Converts a tool to an AutoGen tool."""
    return ServerTool(remote)
