"""Tests the server with the Python SDK's client: both ways to negotiate a protocol version, over both transports.
CWPSA is the path of the program to test; `cargo xtask test` builds the program and sets it. To run the test yourself:

    CWPSA=target/debug/cwpsa python tour.py
"""

import asyncio
import contextlib
import json
import logging
import os
import re
import subprocess
import threading
import unittest

from mcp import Client, MCPError, StdioServerParameters
from mcp.types import PromptReference, ResourceTemplateReference

PROGRAM = os.environ["CWPSA"]
# Settings of whoever runs the tests must not reach a server under test.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("CWPSA_")}


@contextlib.contextmanager
def listening(command, *arguments, **settings):
    """Starts an HTTP server and returns its address and port."""
    process = subprocess.Popen(
        [PROGRAM, command, "--listen", "127.0.0.1:0", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        env={**ENVIRONMENT, **settings},
    )
    try:
        said = ""
        for line in process.stderr:
            said += line
            found = re.search(r"MCP at http://([^/]+)/mcp", line)
            if found:
                break
        else:
            raise RuntimeError(f"{command} ended: {said}")
        # Read on, so that the server can go on writing.
        threading.Thread(target=lambda: list(process.stderr), daemon=True).start()
        yield found.group(1)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@contextlib.asynccontextmanager
async def stdio(mode, *arguments, **settings):
    server = StdioServerParameters(
        command=PROGRAM, args=["mcp", *arguments], env={**ENVIRONMENT, "CWPSA_AUDIT": os.devnull, **settings}
    )
    async with Client(server, mode=mode) as client:
        yield client


@contextlib.contextmanager
def server(transport, *arguments, **settings):
    """Yields a function that connects a client over a transport in a mode. Over HTTP, all modes share one server."""
    if transport == "stdio":
        yield lambda mode: stdio(mode, *arguments, **settings)
    else:
        with listening(transport, *arguments, **settings) as host:
            yield lambda mode: Client(f"http://{host}/mcp", mode=mode)


TRANSPORTS = ("stdio", "mcp", "serve")
# How a version is negotiated, and which comes of it.
MODES = (("legacy", "2025-11-25"), ("auto", "2026-07-28"))


class Tour(unittest.IsolatedAsyncioTestCase):
    async def test_every_way(self):
        for transport in TRANSPORTS:
            with server(transport, "--sandbox") as connect:
                for mode, version in MODES:
                    with self.subTest(f"{transport}, {mode}"):
                        async with asyncio.timeout(60), connect(mode) as client:
                            self.assertEqual(client.protocol_version, version)
                            self.assertEqual(client.server_info.name, "connectwise")
                            await self.tools(client)
                            await self.pages(client)
                            await self.errors(client)
                            await self.resources_and_prompts(client)
                            await self.completions(client)

    async def done(self, client, name, arguments, **more):
        result = await client.call_tool(name, arguments, **more)
        self.assertFalse(result.is_error, result)
        self.assertEqual(json.loads(result.content[0].text), result.structured_content)
        return result.structured_content

    async def tools(self, client):
        names = [tool.name for tool in (await client.list_tools()).tools]
        self.assertEqual(names[:4], ["search_tools", "describe_tools", "read_tool", "call_tool"])
        found = await self.done(client, "search_tools", {"query": "log time on a ticket", "limit": 5})
        self.assertIn("create_a_time_entry", [tool["name"] for tool in found["tools"]])
        described = await self.done(client, "describe_tools", {"names": ["list_all_company_companies"]})
        self.assertIn("filter", described["tools"][0]["input_schema"]["properties"])
        call = {"name": "list_all_company_companies", "arguments": {"filter": {"id": {"gt": 2}}, "fields": "id"}}
        rows = (await self.done(client, "read_tool", call))["result"]
        self.assertTrue(rows and all(row["id"] > 2 for row in rows), rows)

    async def pages(self, client):
        heard = []

        async def hear(progress, _total, _message):
            heard.append(progress)

        walk = {"name": "list_all_company_companies", "arguments": {"pageSize": 2, "fields": "id"}, "all_pages": True}
        rows = (await self.done(client, "read_tool", walk, progress_callback=hear))["result"]
        told = [min(2 * page + 2, len(rows)) for page in range((len(rows) + 1) // 2)]
        self.assertGreater(len(told), 2)
        # The client may hear the answer before the last of them.
        self.assertTrue(heard)
        self.assertEqual(heard, told[: len(heard)])

    async def errors(self, client):
        wrong = await client.call_tool("call_tool", {"name": "create_a_ticket", "arguments": {"summary": {"text": "x"}}})
        self.assertTrue(wrong.is_error)
        error = wrong.structured_content["error"]
        self.assertEqual(error["kind"], "invalid_arguments")
        self.assertIn("/summary", [field["pointer"] for field in error["fields"]])
        unknown = await client.call_tool("call_tool", {"name": "get_single_tickt_by_id"})
        self.assertIn("get_single", unknown.structured_content["error"]["next_step"])

    async def resources_and_prompts(self, client):
        resources = (await client.list_resources()).resources
        for resource in resources[:3]:
            page = (await client.read_resource(resource.uri)).contents[0]
            self.assertRegex(page.text, r"^# \w+ tools\n")
        tool = (await client.read_resource("cwpsa://tools/list_all_tickets")).contents[0]
        self.assertIn("input_schema", json.loads(tool.text))
        with self.assertRaises(MCPError):
            await client.read_resource("cwpsa://modules/nothing")
        arguments = {"company": "Acme Corp", "days": "30"}
        prompt = await client.get_prompt("warranty_audit", arguments)
        self.assertIn("company Acme Corp", prompt.messages[0].content.text)
        with self.assertRaises(MCPError) as refused:
            await client.get_prompt("warranty_audit", {"days": "30"})
        self.assertEqual(refused.exception.error.code, -32602)

    async def completions(self, client):
        name = ResourceTemplateReference(type="ref/resource", uri="cwpsa://modules/{module}")
        found = await client.complete(name, {"name": "module", "value": "proc"})
        self.assertEqual(found.completion.values, ["procurement"])
        prompt = PromptReference(type="ref/prompt", name="warranty_audit")
        found = await client.complete(prompt, {"name": "company", "value": "Acme"})
        self.assertIn("Acme Corp", found.completion.values)

    async def test_all_tools_by_pages(self):
        for transport in ("stdio", "mcp"):
            with server(transport, "--sandbox", "--tools", "all") as connect:
                for mode, _ in MODES:
                    with self.subTest(f"{transport}, {mode}"):
                        async with asyncio.timeout(60), connect(mode) as client:
                            names, cursor, pages = [], None, 0
                            while pages == 0 or cursor:
                                page = await client.list_tools(cursor=cursor)
                                names += [tool.name for tool in page.tools]
                                cursor, pages = page.next_cursor, pages + 1
                            self.assertEqual((len(names), len(set(names)), pages), (3053, 3053, 13))

    async def test_a_call_given_up_ends_the_request_to_the_api(self):
        for transport in TRANSPORTS:
            for mode, _ in MODES:
                with self.subTest(f"{transport}, {mode}"):
                    await self.given_up(transport, mode)

    async def given_up(self, transport, mode):
        asked, ended = asyncio.Event(), asyncio.Event()

        async def silent(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            asked.set()
            # Nothing comes until the connection ends.
            await reader.read()
            ended.set()
            writer.close()

        api = await asyncio.start_server(silent, "127.0.0.1", 0)
        port = api.sockets[0].getsockname()[1]
        settings = {
            "CWPSA_BASE_URL": f"http://127.0.0.1:{port}/v4_6_release/apis/3.0",
            "CWPSA_COMPANY_ID": "acme",
            "CWPSA_PUBLIC_KEY": "public",
            "CWPSA_PRIVATE_KEY": "private",
            "CWPSA_CLIENT_ID": "tests",
        }
        with server(transport, **settings) as connect:
            async with asyncio.timeout(30), connect(mode) as client:
                call = asyncio.create_task(client.call_tool("list_all_tickets", {}))
                await asked.wait()
                self.assertFalse(ended.is_set())
                call.cancel()
                await asyncio.wait([call])
                await ended.wait()
        api.close()


if __name__ == "__main__":
    # That a step took long on a busy machine, and that a session's end is answered by 202.
    logging.disable(logging.WARNING)
    unittest.main()
