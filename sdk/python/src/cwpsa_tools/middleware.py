"""Middleware for LangChain 1.x agents."""

from collections.abc import Awaitable, Callable
from typing import Any

from langchain.agents.middleware import AgentMiddleware, ToolCallRequest
from langchain_core.messages import ToolMessage

from .client import ToolServerError


class ToolErrorMiddleware(AgentMiddleware):
    """Middleware for `create_agent`.

    A 429 is raised to the agent's caller, which can pause and resume the agent; the model would only repeat the call. Any
    other server error becomes a message to the model, which can correct its arguments.
    """

    def wrap_tool_call(self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Any]) -> Any:
        try:
            return handler(request)
        except ToolServerError as error:
            return _message(request, error)

    async def awrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Awaitable[Any]]
    ) -> Any:
        try:
            return await handler(request)
        except ToolServerError as error:
            return _message(request, error)


def _message(request: ToolCallRequest, error: ToolServerError) -> ToolMessage:
    """Returns the error as a message to the model, or raises it again if it is a 429."""
    if error.status == 429:
        raise error
    call = request.tool_call
    return ToolMessage(str(error), tool_call_id=call["id"], name=call["name"], status="error")
