"""Tests the CrewAI tools against a real server."""

import json
import unittest

from crewai.utilities.agent_utils import convert_tools_to_openai_schema
from cwpsa_tools import ToolServerError, get_tools

from tests.server import named, start

TICKET = 8812


class CrewAI(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        url = start("serve", "--sandbox")
        cls.tools = named(get_tools("acme", base_url=url, tags=["service", "procurement"], framework="crewai"))

    def schema(self, name):
        [sent], _, _ = convert_tools_to_openai_schema([self.tools[name]])
        return sent["function"]["parameters"]

    def test_what_is_optional_may_be_null_where_everything_is_required(self):
        sent = self.schema("create_a_ticket_note")
        self.assertEqual(set(sent["required"]), set(sent["properties"]))
        self.assertEqual(sent["properties"]["ticketId"]["type"], "integer")
        self.assertEqual(sent["properties"]["text"]["type"], ["string", "null"])
        contact = sent["properties"]["contact"]
        self.assertEqual(contact["properties"]["id"]["type"], ["integer", "null"])
        self.assertEqual((contact["required"], contact["additionalProperties"]), (["id", "name"], False))

    def test_a_filter_is_a_text_and_works(self):
        sent = self.schema("list_all_procurement_catalogs")
        self.assertEqual(sent["properties"]["filter"]["type"], ["string", "null"])
        nulls = dict.fromkeys(sent["properties"])
        found = json.loads(self.tools["list_all_procurement_catalogs"].run(
            **{**nulls, "filter": '{"identifier": "Cisco Meraki MX64"}', "fields": "id"}
        ))
        self.assertEqual(found["result"], [{"id": 102}])

    def test_nulls_of_the_model_change_nothing(self):
        nulls = dict.fromkeys(self.schema("create_a_ticket_note")["properties"])
        contact = {"id": None, "name": None}
        arguments = {**nulls, "ticketId": TICKET, "text": "One", "member": contact, "resolutionFlag": True}
        note = json.loads(self.tools["create_a_ticket_note"].run(**arguments))
        self.assertEqual((note["text"], note["resolutionFlag"]), ("One", True))

    def test_the_same_write_twice_is_done_twice(self):
        self.assertFalse(self.tools["create_a_ticket_note"].cache_function({}, "answer"))

    def test_the_servers_error_is_raised(self):
        with self.assertRaises(ToolServerError) as caught:
            self.tools["create_a_ticket_note"].run(ticketId="x")
        self.assertEqual(caught.exception.status, 400)


if __name__ == "__main__":
    unittest.main()
