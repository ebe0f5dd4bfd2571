"""Tests the LangChain tools against a real server."""

import asyncio
import json
import unittest

from cwpsa_tools import ToolServer, ToolServerError, get_tools
from langchain_core.tools import StructuredTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from tests.server import named, start


class LangChain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.url = start("serve", "--sandbox")
        cls.tools = named(get_tools("acme", base_url=cls.url, tags=["service", "procurement"]))

    def test_they_are_structured_tools_for_langgraph_too(self):
        again = get_tools("acme", base_url=self.url, methods=["list"], tags=["Tickets"], framework="langgraph")
        self.assertTrue(again)
        self.assertTrue(all(isinstance(tool, StructuredTool) for tool in again))

    def test_langchain_sends_the_servers_schema(self):
        remote = named(ToolServer(self.url).tools("acme", tags=["service"]))["create_a_ticket_note"]
        sent = convert_to_openai_tool(self.tools["create_a_ticket_note"])["function"]
        self.assertEqual(sent["parameters"]["properties"], remote.schema["properties"])
        self.assertEqual(sent["parameters"]["required"], ["ticketId"])
        self.assertEqual(sent["description"], remote.description)

    def test_calls_with_and_without_waiting(self):
        catalog = self.tools["list_all_procurement_catalogs"]
        arguments = {"filter": {"identifier": "Cisco Meraki MX64"}, "fields": "id"}
        self.assertEqual(json.loads(catalog.invoke(arguments))["result"], [{"id": 102}])
        self.assertEqual(json.loads(asyncio.run(catalog.ainvoke(arguments)))["result"], [{"id": 102}])

    def test_short_forms_that_the_server_takes_are_not_refused_here(self):
        ticket = json.loads(self.tools["create_a_ticket"].invoke({"summary": "Disk", "company": 250}))
        self.assertEqual(ticket["company"]["id"], 250)

    def test_the_servers_error_is_raised(self):
        with self.assertRaises(ToolServerError) as caught:
            self.tools["create_a_ticket_note"].invoke({"ticketId": "x"})
        self.assertEqual(caught.exception.status, 400)


if __name__ == "__main__":
    unittest.main()
