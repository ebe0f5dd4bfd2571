"""Tests the client against a real server, without any framework: `python -m unittest tests/test_client.py`."""

import asyncio
import os
import time
import unittest
from unittest import mock

import httpx
from cwpsa_tools import ToolServer, ToolServerError, get_tools

from tests.server import named, start

TICKET = 8812


class Client(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.url = start("serve", "--sandbox", CWPSA_TOKEN="secret") + "/"
        cls.server = ToolServer(cls.url, "secret")
        cls.tools = named(cls.server.tools("acme", tags=["service", "procurement", "company"]))

    def test_methods_and_tags_choose(self):
        def count(**wanted):
            return len(self.server.tools("acme", **wanted))

        every = count()
        self.assertGreater(every, 3000)
        self.assertEqual(sum(count(methods=[one]) for one in ("read", "write", "custom")), every)
        self.assertEqual(count(methods=["read", "write", "custom"], tags=[]), every)
        notes = named(self.server.tools("acme", methods=["create"], tags=["TicketNotes"]))
        self.assertIn("create_a_ticket_note", notes)
        self.assertLess(len(notes), 10)
        self.assertEqual(count(methods="read"), count(methods=["read"]))
        self.assertEqual(count(tags="TicketNotes"), count(tags=["TicketNotes"]))
        self.assertEqual(count(methods=["delete"], tags=["InventoryOnHands"]), 0)

    def test_unknown_methods_and_tags_are_errors_that_name_the_known_ones(self):
        for wanted, message in [
            ({"methods": ["reads"]}, r'unknown method "reads" \(expected read, write, custom, .*did you mean read\?'),
            ({"tags": "TicketsNotes"}, r'unknown tag "TicketsNotes".*service.*did you mean TicketNotes'),
        ]:
            with self.assertRaisesRegex(ToolServerError, message) as caught:
                self.server.tools("acme", **wanted)
            self.assertEqual(caught.exception.status, 400)

    def test_the_address_comes_from_the_argument_variables_or_the_default(self):
        def address(url=None, **variables):
            with mock.patch.dict(os.environ, variables):
                return str(ToolServer(url)._client.base_url)

        with mock.patch.dict(os.environ):
            for name in ("TRUTO_API_BASE_URL", "CWPSA_URL"):
                os.environ.pop(name, None)
            self.assertEqual(address(), "http://127.0.0.1:8080")
            cwpsa = {"CWPSA_URL": "http://cwpsa.example"}
            self.assertEqual(address(**cwpsa), "http://cwpsa.example")
            both = {**cwpsa, "TRUTO_API_BASE_URL": "http://truto.example"}
            self.assertEqual(address(**both), "http://truto.example")
            self.assertEqual(address("http://own.example", **both), "http://own.example")

    def test_a_call_travels_by_query_and_a_filter_keeps_its_types(self):
        catalog = self.tools["list_all_procurement_catalogs"]
        wanted = {"identifier": "Cisco Meraki MX64", "cost": {">": 100}}
        found = catalog.call({"filter": wanted, "fields": "id,identifier", "pageSize": 5})
        self.assertEqual(found["result"], [{"id": 102, "identifier": "Cisco Meraki MX64"}])

    def test_pages_are_followed_by_their_cursor(self):
        seen, cursor = set(), None
        while True:
            page = self.tools["list_all_tickets"].call({"pageSize": 3, "fields": "id", "next_cursor": cursor})
            seen |= {ticket["id"] for ticket in page["result"]}
            cursor = page["next_cursor"]
            if not cursor:
                break
        count = self.tools["count_tickets"].call({})["count"]
        self.assertGreater(count, 3)
        self.assertEqual(len(seen), count)

    def test_records_are_created_read_changed_and_deleted(self):
        text = 'Ordered as PO #5092: "quotes" & ümlauts'
        note = self.tools["create_a_ticket_note"].call(
            {"ticketId": TICKET, "text": text, "internalAnalysisFlag": True}
        )
        one = {"ticketId": TICKET, "id": note["id"]}
        read = self.tools["get_single_ticket_note_by_id"]
        self.assertEqual(read.call(one)["text"], text)
        self.tools["update_a_ticket_note_by_id"].call({**one, "text": "Changed"})
        self.assertEqual(asyncio.run(read.acall(one))["text"], "Changed")
        self.assertEqual(self.tools["delete_a_ticket_note_by_id"].call(one), {})
        with self.assertRaises(ToolServerError) as caught:
            read.call(one)
        self.assertEqual(caught.exception.status, 404)

    def test_wrong_arguments_are_the_servers_error_with_all_that_is_wrong(self):
        with self.assertRaises(ToolServerError) as caught:
            self.tools["create_a_ticket_note"].call({"ticketId": "x", "texte": "y"})
        self.assertEqual(caught.exception.status, 400)
        self.assertRegex(str(caught.exception), r"\n/texte: .* mean text\?\n/ticketId: expected an integer")

    def test_an_id_that_no_path_can_hold_is_the_servers_error_too(self):
        for wrong in (None, "", " ", ".", "..", {}, [], True):
            with self.assertRaises(ToolServerError) as caught:
                self.tools["get_single_ticket_by_id"].call({"id": wrong, "field": "id"})
            self.assertEqual(caught.exception.status, 400)
            self.assertRegex(str(caught.exception), r"\n/field: .*\n/id: ")
        with self.assertRaisesRegex(ToolServerError, r'/id: "id" is required'):
            self.tools["update_a_ticket_note_by_id"].call({"ticketId": TICKET, "text": "x"})
        with self.assertRaisesRegex(ToolServerError, "/id: expected an integer"):
            self.tools["delete_a_ticket_note_by_id"].call({"ticketId": TICKET, "id": "."})

    def test_a_wrong_token_and_nobody_there_are_errors(self):
        with self.assertRaises(ToolServerError) as caught:
            ToolServer(self.url, "wrong").tools("acme")
        self.assertEqual(caught.exception.status, 401)
        with self.assertRaises(httpx.ConnectError):
            ToolServer("http://127.0.0.1:9").tools("acme")

    def test_an_unknown_framework_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "unknown framework 'fortran'"):
            get_tools("acme", base_url=self.url, api_key="secret", framework="fortran")


class Budget(unittest.TestCase):
    def test_a_used_up_budget_is_raised_with_the_seconds_to_wait(self):
        sandbox = start("sandbox", "--budget", "2/5")
        url = start(
            "serve", "--base-url", f"{sandbox}/v4_6_release/apis/3.0", CWPSA_COMPANY_ID="acme",
            CWPSA_PUBLIC_KEY="public", CWPSA_PRIVATE_KEY="private", CWPSA_CLIENT_ID="tests",
        )
        tool = named(ToolServer(url).tools("acme", ["list"], ["Tickets"]))["list_all_tickets"]
        with self.assertRaises(ToolServerError) as caught:
            for _ in range(3):
                tool.call({"pageSize": 1})
        self.assertEqual(caught.exception.status, 429)
        seconds = int(caught.exception.headers.get("RateLimit-Reset"))
        self.assertTrue(1 <= seconds <= 5, f"{seconds} seconds")
        time.sleep(seconds)
        self.assertEqual(len(tool.call({"pageSize": 1})["result"]), 1)


if __name__ == "__main__":
    unittest.main()
