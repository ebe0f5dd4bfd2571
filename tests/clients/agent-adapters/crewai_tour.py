"""Tests CrewAI's MCP adapter, which sends null for every optional argument that a call omits, even within references."""

import asyncio
import contextlib
import json
import os
import unittest
import unittest.mock
from concurrent.futures import ThreadPoolExecutor

os.environ.setdefault("CREWAI_DISABLE_TELEMETRY", "true")
os.environ.setdefault("CREWAI_TRACING_ENABLED", "false")
os.environ.setdefault("OTEL_SDK_DISABLED", "true")

from crewai_tools import MCPServerAdapter
from mcp import ClientSession, StdioServerParameters

from tour import ARGUMENTS, CALLS_AT_ONCE, ENVIRONMENT, PROGRAM, TICKET, Tour

CONNECT_TIMEOUT = 60


class Client:
    """Calls tools, which block, with one thread for each concurrent call."""

    def __init__(self, tools, threads):
        self.tools = {tool.name: tool for tool in tools}
        self.threads = threads

    @property
    def names(self):
        return list(self.tools)

    def schema(self, name):
        return self.tools[name].args_schema.model_json_schema()

    async def call(self, name, arguments):
        loop = asyncio.get_running_loop()
        return json.loads(await loop.run_in_executor(self.threads, lambda: self.tools[name].run(**arguments)))


class CrewAi(Tour, unittest.IsolatedAsyncioTestCase):
    @contextlib.asynccontextmanager
    async def connect(self, *arguments, **settings):
        server = StdioServerParameters(
            command=PROGRAM, args=[*ARGUMENTS, *arguments], env={**ENVIRONMENT, **settings}
        )
        with (
            MCPServerAdapter(server, connect_timeout=CONNECT_TIMEOUT) as tools,
            ThreadPoolExecutor(CALLS_AT_ONCE) as threads,
        ):
            yield Client(tools, threads)

    async def test_the_adapter_sends_nulls(self):
        """The other tests cover nulls only if the adapter really sends them."""
        sent = []
        call_tool = ClientSession.call_tool

        async def record(session, name, arguments=None, *rest, **more):
            sent.append(arguments)
            return await call_tool(session, name, arguments, *rest, **more)

        with unittest.mock.patch.object(ClientSession, "call_tool", record):
            async with self.connect("--sandbox") as client:
                board = {"name": "Help Desk"}
                await self.done(client, "update_a_ticket_by_id", id=TICKET, summary="adapters", owner={"id": 2})
                await self.done(client, "create_a_ticket", summary="adapters", company={"id": 250}, board=board)
        update, create = sent
        self.assertGreater(sum(value is None for value in update.values()), 40)
        self.assertIn(None, update["owner"].values())
        self.assertIn(None, create["company"].values())


if __name__ == "__main__":
    unittest.main()
