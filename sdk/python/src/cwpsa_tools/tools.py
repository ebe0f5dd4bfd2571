"""A single entry point for all frameworks. A framework is imported only if it is used."""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, Literal, get_args

from .client import RemoteTool, ToolServer
from .names import ToolMethod, ToolTag

#: The supported frameworks. LangGraph uses LangChain's tools.
Framework = Literal["langchain", "langgraph", "crewai", "openai-agents", "pydantic-ai", "autogen"]

_MODULES: dict[str, str] = {"langgraph": "langchain"}


def get_tools(
    account_id: str,
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    methods: ToolMethod | Iterable[ToolMethod] | None = None,
    tags: ToolTag | Iterable[ToolTag] | None = None,
    framework: Framework = "langchain",
    timeout: float = 60,
) -> list[Any]:
    """Returns an account's tools in a framework's format.

    `base_url` is the URL of a `cwpsa serve` server. It defaults to the `TRUTO_API_BASE_URL` or `CWPSA_URL` environment
    variable, or to `http://127.0.0.1:8080` if neither is set. `api_key` is an account token. `methods` (read, write, custom)
    and `tags` (API modules or tags) filter the tools: give a model a few dozen tools, not three thousand.

    Raises `ToolServerError` if the server returns an error, and `ValueError` for an unknown framework.
    """
    if framework not in get_args(Framework):
        raise ValueError(f"unknown framework {framework!r} (expected {', '.join(get_args(Framework))})")
    remote = ToolServer(base_url, api_key, timeout).tools(account_id, methods, tags)
    module = import_module(f".{_MODULES.get(framework, framework).replace('-', '_')}", __package__)
    tool: Callable[[RemoteTool], Any] = module.tool
    return [tool(each) for each in remote]
