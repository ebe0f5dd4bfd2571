"""One function for all frameworks. A framework is imported only if it is used."""

from collections.abc import Iterable
from typing import Any, Literal

from .client import ToolServer


def get_tools(
    account_id: str,
    *,
    base_url: str,
    api_key: str | None = None,
    methods: str | Iterable[str] | None = None,
    tags: str | Iterable[str] | None = None,
    framework: Literal["langchain", "langgraph", "crewai"] = "langchain",
    timeout: float = 60,
) -> list[Any]:
    """Returns the tools of an account for a framework.

    `base_url` is the URL of `cwpsa serve`, `api_key` a token of the account. `methods` (read, write, custom) and `tags`
    (modules of the API or tags) filter the tools: give a model a few dozen, not three thousand. LangGraph uses
    LangChain's tools. Raises `ToolServerError` if the server returns an error, and `ValueError` for an unknown framework.
    """
    remote = ToolServer(base_url, api_key, timeout).tools(account_id, methods, tags)
    if framework in ("langchain", "langgraph"):
        from .langchain import tool
    elif framework == "crewai":
        from .crewai import tool
    else:
        raise ValueError(f"unknown framework {framework!r} (expected langchain, langgraph or crewai)")
    return [tool(each) for each in remote]
