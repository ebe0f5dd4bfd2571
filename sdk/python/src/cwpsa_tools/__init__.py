"""ConnectWise PSA tools for agent frameworks, provided by a `cwpsa` server."""

from .client import RemoteTool, ToolServer, ToolServerError
from .names import ToolMethod, ToolTag
from .tools import Framework, get_tools

__all__ = ["Framework", "RemoteTool", "ToolMethod", "ToolServer", "ToolServerError", "ToolTag", "get_tools"]
