"""One function for the tools of all frameworks; each framework is imported when its tools are asked for."""

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
    """The tools of an account as a framework takes them.

    `base_url` is the address of `cwpsa serve`, `api_key` a token of the account. `methods` (read, write, custom) and
    `tags` (areas of the API or its tags) narrow the list: give a model a few dozen tools, not three thousand.
    LangGraph takes LangChain's tools. Raises `ToolServerError` where the server says no, as the tools do; other
    frameworks than these are a `ValueError`.
    """
    remote = ToolServer(base_url, api_key, timeout).tools(account_id, methods, tags)
    if framework in ("langchain", "langgraph"):
        from .langchain import tool
    elif framework == "crewai":
        from .crewai import tool
    else:
        raise ValueError(f"there are tools for langchain, langgraph and crewai, and none for {framework}")
    return [tool(each) for each in remote]
