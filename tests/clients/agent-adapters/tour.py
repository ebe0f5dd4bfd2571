"""The test that every agent framework's adapter runs: it lists, reads, creates and updates records over stdio, and then
checks all records that it could have changed. An adapter derives from `Tour` and implements connecting and calling."""

import asyncio
import base64
import contextlib
import json
import logging
import os
import re
import subprocess
import threading
import urllib.request

PROGRAM = os.environ["CWPSA"]
# A server under test must not inherit the settings of the person who runs the tests.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("CWPSA_")}
ENVIRONMENT["CWPSA_AUDIT"] = os.devnull

NAMES = (
    "list_all_tickets",
    "get_single_ticket_by_id",
    "create_a_ticket",
    "update_a_ticket_by_id",
    "list_all_company_contacts",
    "get_single_company_contact_by_id",
    "create_a_company_contact",
    "update_a_company_contact_by_id",
)
ARGUMENTS = ["mcp", "--tools", "selected", "--name", ",".join(NAMES), "--log-format", "off"]
CALLS_AT_ONCE = 50
TIMEOUT = 240
# Test cases run in debug mode, which reports every slow step.
logging.getLogger("asyncio").setLevel(logging.ERROR)

TICKET, CONTACT = 9001, 501
NEW_TICKET = {"summary": "adapters", "company": {"id": 250}, "board": {"name": "Help Desk"}}


def without_times(record):
    """Returns a record without the fields that every write changes."""
    return {name: value for name, value in record.items() if name != "_info"}


def differing(before, after):
    """Returns the fields whose values differ, or that only one of the records has."""
    before, after = without_times(before), without_times(after)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


class Tour:
    """Mixed into a test case that defines `connect`, an asynchronous context manager for a server with more flags. It
    yields an object with `names`, `schema(name)` and `call(name, arguments)`; a call returns the tool's JSON."""

    async def done(self, client, name, **arguments):
        answer = await client.call(name, arguments)
        self.assertNotIn("error", answer, (name, arguments))
        return answer["result"]

    async def failed(self, client, name, **arguments):
        answer = await client.call(name, arguments)
        self.assertNotIn("result", answer, (name, arguments))
        return answer["error"]

    async def rows(self, client, name, **arguments):
        """Returns the rows of all pages of a list. Each page contains the arguments for the next one."""
        rows, following = [], {"pageSize": 25, **arguments}
        while following:
            answer = await client.call(name, following)
            self.assertNotIn("error", answer, following)
            rows += answer["result"]
            following = answer.get("next")
        self.assertEqual(len(rows), len({row["id"] for row in rows}), name)
        return rows

    async def records(self, client):
        """Returns all tickets and contacts, by list and ID."""
        return {
            (name, row["id"]): row
            for name in ("list_all_tickets", "list_all_company_contacts")
            for row in await self.rows(client, name)
        }

    def assert_only_changed(self, before, after, expected):
        """Checks that no data is lost, and that only these fields of these records have changed."""
        self.assertEqual(before.keys() - after.keys(), set())
        changed = {key: differing(before[key], after[key]) for key in before}
        self.assertEqual({key: fields for key, fields in changed.items() if fields}, expected)

    async def test_the_selected_tools_are_listed(self):
        async with asyncio.timeout(TIMEOUT), self.connect("--sandbox") as client:
            self.assertEqual(sorted(client.names), sorted(NAMES))

    async def test_lists_and_reads(self):
        async with asyncio.timeout(TIMEOUT), self.connect("--sandbox") as client:
            rows = await self.rows(client, "list_all_tickets", filter={"board": "Help Desk"}, pageSize=2)
            self.assertGreater(len(rows), 2)
            for row in rows[:3]:
                self.assertEqual(row["board"]["name"], "Help Desk")
                read = await self.done(client, "get_single_ticket_by_id", id=row["id"])
                self.assertEqual(differing(row, read), set())

    async def test_an_update_changes_only_what_is_given(self):
        async with asyncio.timeout(TIMEOUT), self.connect("--sandbox") as client:
            before = await self.records(client)
            contact = before["list_all_company_contacts", CONTACT]
            # There is something to lose.
            self.assertTrue(contact["company"] and contact["site"] and contact["communicationItems"], contact)
            updates = (
                ("update_a_company_contact_by_id", {"id": CONTACT, "title": "Genius"}),
                ("update_a_ticket_by_id", {"id": TICKET, "summary": "adapters"}),
            )
            for name, arguments in updates:
                await self.done(client, name, **arguments)
            expected = {
                ("list_all_company_contacts", CONTACT): {"title"},
                ("list_all_tickets", TICKET): {"summary"},
            }
            self.assert_only_changed(before, await self.records(client), expected)
            # Models with a strict schema pass null for every argument that they leave out.
            for name, arguments in updates:
                nulls = dict.fromkeys(client.schema(name)["properties"])
                self.assertGreater(len(nulls), 40)
                await self.done(client, name, **{**nulls, **arguments})
            self.assert_only_changed(before, await self.records(client), expected)

    async def test_a_reference_is_given_by_one_of_its_members(self):
        async with asyncio.timeout(TIMEOUT), self.connect("--sandbox") as client:
            before = await self.records(client)
            board = {"id": None, "name": "Help Desk"}
            company = {"id": 250, "identifier": None, "name": None}
            ticket = await self.done(client, "create_a_ticket", summary="adapters", company=company, board=board)
            self.assertEqual((ticket["company"]["id"], ticket["board"]["name"]), (250, "Help Desk"))
            owner = {"id": None, "identifier": "JSmith", "name": None}
            await self.done(client, "update_a_ticket_by_id", id=ticket["id"], owner=owner)
            read = await self.done(client, "get_single_ticket_by_id", id=ticket["id"])
            self.assertEqual(read["owner"]["identifier"], "JSmith")
            self.assertEqual(differing(ticket, read) - {"resources"}, {"owner"})
            self.assert_only_changed(before, await self.records(client), {})

    async def test_a_failing_call_is_reported_and_changes_nothing(self):
        async with asyncio.timeout(TIMEOUT), self.connect("--sandbox") as client:
            before = await self.records(client)
            error = await self.failed(client, "update_a_ticket_by_id", id=99999999, summary="adapters")
            self.assertEqual((error["kind"], error["status"]), ("not_found", 404))
            await self.failed(client, "create_a_ticket", **{**NEW_TICKET, "company": {"id": 99999999}})
            await self.failed(client, "update_a_ticket_by_id", id=TICKET, board={"name": "No such board"})
            self.assertEqual(await self.records(client), before)

    async def test_a_write_without_a_response_is_not_repeated(self):
        fault = ("--sandbox-fault", "cut_after x1 POST /service/tickets")
        async with asyncio.timeout(TIMEOUT), self.connect("--sandbox", *fault) as client:
            before = await self.records(client)
            error = await self.failed(client, "create_a_ticket", **NEW_TICKET)
            self.assertEqual(error["kind"], "outcome_unknown")
            after = await self.records(client)
            self.assert_only_changed(before, after, {})
            self.assertEqual(len(after) - len(before), 1)

    async def test_many_calls_at_once(self):
        async with asyncio.timeout(TIMEOUT), self.connect("--sandbox") as client:
            before = await self.records(client)
            numbers = range(CALLS_AT_ONCE)
            created = await asyncio.gather(
                *(self.done(client, "create_a_ticket", **{**NEW_TICKET, "summary": f"new {n}"}) for n in numbers)
            )
            # Each result must belong to its call.
            self.assertEqual([ticket["summary"] for ticket in created], [f"new {n}" for n in numbers])
            ids = [ticket["id"] for ticket in created]
            await asyncio.gather(
                *(self.done(client, "update_a_ticket_by_id", id=ids[n], poNumber=f"PO {n}") for n in numbers)
            )
            read = await asyncio.gather(*(self.done(client, "get_single_ticket_by_id", id=id) for id in ids))
            for n in numbers:
                self.assertEqual(differing(created[n], read[n]), {"poNumber"})
                self.assertEqual(read[n]["poNumber"], f"PO {n}")
            after = await self.records(client)
            self.assert_only_changed(before, after, {})
            self.assertEqual({id for _, id in after.keys() - before.keys()}, set(ids))

    async def test_a_create_is_stored_as_without_an_adapter(self):
        with Sandbox() as sandbox:
            contact = {"firstName": "Ada", "lastName": "Adapter", "company": {"id": 250}}
            for name, path, body in (
                ("create_a_ticket", "/service/tickets", NEW_TICKET),
                ("create_a_company_contact", "/company/contacts", contact),
            ):
                plain = sandbox.request("POST", path, body)
                async with asyncio.timeout(TIMEOUT), self.connect(**sandbox.settings) as client:
                    created = await self.done(client, name, **body)
                stored = sandbox.request("GET", f"{path}/{created['id']}")
                self.assertEqual(differing(plain, stored), {"id"})


class Sandbox:
    """A mock ConnectWise server in its own process. MCP servers can start and stop while it runs, and the records that
    they wrote can be read without them."""

    def __enter__(self):
        command = [PROGRAM, "sandbox", "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
        lines = []
        for line in self.process.stderr:
            lines.append(line)
            if address := re.search(r"http://[\d.]+:\d+", line):
                break
        else:
            raise RuntimeError(f"the sandbox ended: {''.join(lines)}")
        # Keep reading, so the sandbox can keep writing.
        threading.Thread(target=lambda: list(self.process.stderr), daemon=True).start()
        self.root = f"{address[0]}/v4_6_release/apis/3.0"
        return self

    def __exit__(self, *_):
        with contextlib.closing(self.process.stderr):
            self.process.kill()
            self.process.wait()

    @property
    def settings(self):
        """Returns the environment variables that make a server use this sandbox."""
        return {
            "CWPSA_BASE_URL": self.root,
            "CWPSA_COMPANY_ID": "acme",
            "CWPSA_PUBLIC_KEY": "public",
            "CWPSA_PRIVATE_KEY": "private",
            "CWPSA_CLIENT_ID": "tests",
        }

    def request(self, method, path, body=None):
        request = urllib.request.Request(self.root + path, method=method)
        request.add_header("Authorization", "Basic " + base64.b64encode(b"acme+public:private").decode())
        request.add_header("clientId", "tests")
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)
