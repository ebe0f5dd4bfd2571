"""Tests langchain-mcp-adapters, with one session for all calls, and without a session, where every call starts a server."""

import contextlib
import json
import unittest

from langchain_mcp_adapters.client import MultiServerMCPClient
from langchain_mcp_adapters.tools import load_mcp_tools

from tour import ARGUMENTS, ENVIRONMENT, NEW_TICKET, PROGRAM, Sandbox, Tour

SERVERS_IN_A_ROW = 10


class Client:
    """Calls tools as an agent does, so errors are returned as messages with a status."""

    def __init__(self, tools):
        self.tools = {tool.name: tool for tool in tools}

    @property
    def names(self):
        return list(self.tools)

    def schema(self, name):
        return self.tools[name].args_schema

    async def call(self, name, arguments):
        call = {"type": "tool_call", "id": "call", "name": name, "args": arguments}
        message = await self.tools[name].ainvoke(call)
        answer = json.loads(message.content[0]["text"])
        if message.status != ("error" if "error" in answer else "success"):
            raise AssertionError(f"status {message.status} of {answer}")
        return answer


def multi_server_client(*arguments, **settings):
    connection = {
        "transport": "stdio",
        "command": PROGRAM,
        "args": [*ARGUMENTS, *arguments],
        "env": {**ENVIRONMENT, **settings},
    }
    return MultiServerMCPClient({"connectwise": connection})


class LangChain(Tour, unittest.IsolatedAsyncioTestCase):
    @contextlib.asynccontextmanager
    async def connect(self, *arguments, **settings):
        async with multi_server_client(*arguments, **settings).session("connectwise") as session:
            yield Client(await load_mcp_tools(session))

    async def test_a_server_for_each_call(self):
        """If a call raised an error after its write, the agent would repeat it."""
        with Sandbox() as sandbox:
            client = Client(await multi_server_client(**sandbox.settings).get_tools())
            created = [
                await self.done(client, "create_a_ticket", **{**NEW_TICKET, "summary": f"in a row {n}"})
                for n in range(SERVERS_IN_A_ROW)
            ]
            tickets = sandbox.request("GET", "/service/tickets?pageSize=1000&orderBy=id")
            stored = [ticket for ticket in tickets if ticket["summary"].startswith("in a row ")]
            self.assertEqual([t["id"] for t in stored], [t["id"] for t in created])
            self.assertEqual([t["summary"] for t in stored], [f"in a row {n}" for n in range(SERVERS_IN_A_ROW)])


if __name__ == "__main__":
    unittest.main()
