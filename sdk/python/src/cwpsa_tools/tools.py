"""One function for all frameworks. A framework is imported only if it is used."""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, Literal, get_args

from .client import RemoteTool, ToolServer
from .names import ToolMethod, ToolTag

#: The frameworks. LangGraph uses LangChain's tools.
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
    """Returns the tools of an account for a framework.

    `base_url` is the URL of `cwpsa serve`; by default, the environment variable `TRUTO_API_BASE_URL` or `CWPSA_URL`, or
    else `http://127.0.0.1:8080`. `api_key` is a token of the account. `methods` (read, write, custom) and `tags` (modules
    of the API or tags) filter the tools: give a model a few dozen, not three thousand. Raises `ToolServerError` if the
    server returns an error, and `ValueError` for an unknown framework.
    """
    if framework not in get_args(Framework):
        raise ValueError(f"unknown framework {framework!r} (expected {', '.join(get_args(Framework))})")
    remote = ToolServer(base_url, api_key, timeout).tools(account_id, methods, tags)
    module = import_module(f".{_MODULES.get(framework, framework).replace('-', '_')}", __package__)
    tool: Callable[[RemoteTool], Any] = module.tool
    return [tool(each) for each in remote]
