"""ConnectWise PSA tools for LangChain, LangGraph and CrewAI, from a `cwpsa` server."""

from .client import RemoteTool, ToolServer, ToolServerError
from .tools import get_tools

__all__ = ["RemoteTool", "ToolServer", "ToolServerError", "get_tools"]
