"""The two example tasks, each with a scripted model.

Like a real model, the script sees tool results and decides on the next call.
"""

import json
import os
import re
import time
from typing import Any

import httpx

PREFIX = "connect_wise_psa_"


class Stock:
    """Reports an item's stock by warehouse. The model gets only a few tools, because the task is narrow."""

    wanted = {"methods": ["list"], "tags": ["CatalogsItem", "InventoryOnHands", "OnHandSerialNumberses"]}
    tools = (
        "list_all_procurement_catalogs", "list_all_inventory_on_hands", "list_all_procurement_onhandserialnumbers"
    )
    question = "How many Cisco Meraki MX64 units are in stock in each warehouse, and what are their serial numbers?"

    @staticmethod
    def next(results: list[Any]) -> tuple[str, dict] | str:
        """Returns the next call or the final message, given the results so far."""
        if not results:
            arguments = {"filter": {"identifier": "Cisco Meraki MX64"}, "fields": "id,identifier"}
            return f"list_all_{PREFIX}procurement_catalogs", arguments
        item = results[0]["result"][0]["id"]
        if len(results) == 1:
            return f"list_all_{PREFIX}inventory_on_hands", {"catalogItemId": item}
        if len(results) == 2:
            arguments = {"filter": {"catalogItem/id": item}, "fields": "serial,warehouse/name"}
            return f"list_all_{PREFIX}procurement_onhandserialnumbers", arguments
        lines = []
        for row in results[1]["result"]:
            name = row["warehouse"]["name"]
            serials = [number["serial"] for number in results[2]["result"] if number["warehouse"]["name"] == name]
            lines.append(f"{name}: {row['onHand']} ({', '.join(serials)})")
        return "\n".join(lines)

    @staticmethod
    def check(answer: str, _server: str) -> None:
        """Checks the final message against the mock server's records."""
        serials = ["Q2KN-7A01", "Q2KN-7A02", "Q2KN-7A03", "Q2KN-7B01", "Q2KN-7B02"]
        expect(bool(re.search(r"Main Warehouse\D*3\b.*West Warehouse\D*2\b", answer, re.DOTALL)), True)
        expect(sorted(re.findall(r"Q2KN-\w+", answer)), serials)


class Note:
    """Adds a note to a ticket."""

    def __init__(self, text: str):
        # Unique, to distinguish the note from other runs' notes.
        self.text = f"{text} (run {time.time_ns():x})"
        self.question = f"Add an internal note to ticket #8812: {self.text}"

    wanted = {"methods": ["list", "create"], "tags": ["Tickets", "TicketNotes"]}
    tools = ("create_a_ticket_note",)

    def next(self, results: list[Any]) -> tuple[str, dict] | str:
        if results:
            return f"Note {results[0]['id']} is on ticket #{results[0]['ticketId']}."
        return f"create_a_{PREFIX}ticket_note", {"ticketId": 8812, "text": self.text, "internalAnalysisFlag": True}

    def check(self, answer: str, server: str) -> None:
        """Checks that the server has the note exactly once."""
        found = call(server, "list_all_ticket_notes", {"ticketId": 8812})["result"]
        [note] = [note for note in found if note.get("text") == self.text]
        expect(note["internalAnalysisFlag"], True)
        expect("8812" in answer, True)


def call(server: str, tool: str, arguments: dict) -> Any:
    """Calls a tool over HTTP and returns `{"result": …}`."""
    token = os.environ.get("CWPSA_TOKEN")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = httpx.post(f"{server}/tools/{tool}/call", json=arguments, headers=headers)
    answer.raise_for_status()
    return answer.json()


def expect(found: Any, wanted: Any) -> None:
    """Ends the example with an error if two values differ."""
    if found != wanted:
        raise SystemExit(f"error: expected {wanted!r}, got {found!r}")


def show(what: str, value: Any) -> None:
    """Prints an agent step."""
    text = value if isinstance(value, str) else json.dumps(value)
    print(f"{what:8} {text[:160]}{'…' if len(text) > 160 else ''}")
