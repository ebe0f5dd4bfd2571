// The two jobs of the examples, and what a good model does for them. A scripted model stands in for a real one: it
// sees the tools' answers as a model would, and what it does next follows from them.

import assert from "node:assert/strict";

const tool = (name) => name.replace(/^(list_all|create_a)_/, "$1_connect_wise_psa_");

/** Only these tools are shown to the model: an agent with a narrow job needs few. */
export const STOCK = {
  wanted: { methods: ["list"], tags: ["CatalogsItem", "InventoryOnHands"] },
  question: "How many Cisco Meraki MX64 are in stock in each warehouse, and with which serial numbers?",
  /** The next call, or the answer, from the tools' answers so far. */
  next([items, stock]) {
    if (!items) {
      const args = { filter: { identifier: "Cisco Meraki MX64" }, fields: "id,identifier" };
      return { name: tool("list_all_procurement_catalogs"), args };
    }
    if (!stock) return { name: tool("list_all_inventory_on_hands"), args: { catalogItemId: items.result[0].id } };
    const lines = stock.result.map(({ warehouse, onHand, serialNumbers }) =>
      `${warehouse.name}: ${onHand} (${serialNumbers.map(({ serial }) => serial).join(", ")})`);
    return { answer: lines.join("\n") };
  },
  /** Whether the answer is that of the sandbox's records, in whatever words. */
  check(answer) {
    const serials = ["Q2KN-7A01", "Q2KN-7A02", "Q2KN-7A03", "Q2KN-7B01", "Q2KN-7B02"];
    assert.match(answer, /Main Warehouse\D*3\b/);
    assert.match(answer, /West Warehouse\D*2\b/);
    assert.deepEqual(answer.match(/Q2KN-\w+/g).sort(), serials);
  },
};

// Told apart from the notes of other runs.
const TEXT = `The laptop was ordered with PO #5092 (run ${Date.now().toString(36)}).`;

export const NOTE = {
  wanted: { methods: ["list", "create"], tags: ["Tickets", "TicketNotes"] },
  question: `Add an internal note to ticket #8812: ${TEXT}`,
  next([note]) {
    if (note) return { answer: `Note ${note.id} is on ticket #${note.ticketId}.` };
    const args = { ticketId: 8812, text: TEXT, internalAnalysisFlag: true };
    return { name: tool("create_a_ticket_note"), args };
  },
  /** Whether the note is in the sandbox, once; `server` is where it is asked. */
  async check(answer, server) {
    const token = process.env.CWPSA_TOKEN;
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const body = JSON.stringify({ ticketId: 8812 });
    const response = await fetch(`${server}/tools/list_all_ticket_notes/call`, { method: "POST", headers, body });
    const { result } = await response.json();
    const notes = result.filter(({ text }) => text === TEXT);
    assert.equal(notes.length, 1);
    assert.equal(notes[0].internalAnalysisFlag, true);
    assert.match(answer, /8812/);
  },
};

/** Prints a step of an agent. */
export function show(what, value) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  console.log(`${what.padEnd(8)} ${text.length > 160 ? `${text.slice(0, 160)}…` : text}`);
}
