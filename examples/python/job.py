"""The two jobs of the examples, and what a good model does for them. A scripted model stands in for a real one: it
sees the tools' answers as a model would, and what it does next follows from them."""

import json
import os
import re
import time
from typing import Any

import httpx

PREFIX = "connect_wise_psa_"


class Stock:
    """Stock of an item by warehouse. Only a few tools are shown to the model: a narrow job needs few."""

    wanted = {"methods": ["list"], "tags": ["CatalogsItem", "InventoryOnHands"]}
    tools = ("list_all_procurement_catalogs", "list_all_inventory_on_hands")
    question = "How many Cisco Meraki MX64 are in stock in each warehouse, and with which serial numbers?"

    @staticmethod
    def next(results: list[Any]) -> tuple[str, dict] | str:
        """The next call, or the answer, from the tools' answers so far."""
        if not results:
            arguments = {"filter": {"identifier": "Cisco Meraki MX64"}, "fields": "id,identifier"}
            return f"list_all_{PREFIX}procurement_catalogs", arguments
        if len(results) == 1:
            return f"list_all_{PREFIX}inventory_on_hands", {"catalogItemId": results[0]["result"][0]["id"]}
        return "\n".join(
            f"{row['warehouse']['name']}: {row['onHand']} "
            f"({', '.join(number['serial'] for number in row['serialNumbers'])})"
            for row in results[1]["result"]
        )

    @staticmethod
    def check(answer: str, _server: str) -> None:
        """Whether the answer is that of the sandbox's records, in whatever words."""
        serials = ["Q2KN-7A01", "Q2KN-7A02", "Q2KN-7A03", "Q2KN-7B01", "Q2KN-7B02"]
        expect(bool(re.search(r"Main Warehouse\D*3\b.*West Warehouse\D*2\b", answer, re.DOTALL)), True)
        expect(sorted(re.findall(r"Q2KN-\w+", answer)), serials)


class Note:
    """A note on a ticket."""

    def __init__(self, text: str):
        # Told apart from the notes of other runs.
        self.text = f"{text} (run {time.time_ns():x})"
        self.question = f"Add an internal note to ticket #8812: {self.text}"

    wanted = {"methods": ["list", "create"], "tags": ["Tickets", "TicketNotes"]}
    tools = ("create_a_ticket_note",)

    def next(self, results: list[Any]) -> tuple[str, dict] | str:
        if results:
            return f"Note {results[0]['id']} is on ticket #{results[0]['ticketId']}."
        return f"create_a_{PREFIX}ticket_note", {"ticketId": 8812, "text": self.text, "internalAnalysisFlag": True}

    def check(self, answer: str, server: str) -> None:
        """Whether the note is in the sandbox, once."""
        found = call(server, "list_all_ticket_notes", {"ticketId": 8812})["result"]
        [note] = [note for note in found if note.get("text") == self.text]
        expect(note["internalAnalysisFlag"], True)
        expect("8812" in answer, True)


def call(server: str, tool: str, arguments: dict) -> Any:
    """Runs a tool with a plain call over HTTP; gives `{"result": …}`."""
    token = os.environ.get("CWPSA_TOKEN")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = httpx.post(f"{server}/tools/{tool}/call", json=arguments, headers=headers)
    answer.raise_for_status()
    return answer.json()


def expect(found: Any, wanted: Any) -> None:
    """Ends the example where something is not as it should be."""
    if found != wanted:
        raise SystemExit(f"error: found {found!r}, expected {wanted!r}")


def show(what: str, value: Any) -> None:
    """Prints a step of an agent."""
    text = value if isinstance(value, str) else json.dumps(value)
    print(f"{what:8} {text[:160]}{'…' if len(text) > 160 else ''}")
