"""Connects the MCP project's client to a server on stdio, lists its tools and calls one.

    python handshake.py COMMAND [ARGUMENT…]

Prints the tools as JSON. The server gets the environment of this process.
"""

import asyncio
import json
import os
import sys

from mcp import Client, StdioServerParameters


async def main(command, *arguments):
    server = StdioServerParameters(command=command, args=list(arguments), env=dict(os.environ))
    async with asyncio.timeout(120), Client(server) as client:
        assert client.server_info.name == "connectwise", client.server_info
        tools = [tool.name for tool in (await client.list_tools()).tools]
        call = {"name": "list_all_tickets", "arguments": {"fields": "id,summary"}}
        result = await client.call_tool("read_tool", call)
        assert not result.is_error, result
        assert result.structured_content["result"], result
        print(json.dumps({"version": client.protocol_version, "tools": tools}))


asyncio.run(main(*sys.argv[1:]))
