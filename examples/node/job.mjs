// The two example tasks, each with a scripted model. Like a real model, the script sees tool results and decides on the next
// call.

import assert from "node:assert/strict";

const tool = (name) => name.replace(/^(list_all|create_a)_/, "$1_connect_wise_psa_");

/** The model gets only these tools. An agent with a narrow task needs only a few. */
export const STOCK = {
  wanted: { methods: ["list"], tags: ["CatalogsItem", "InventoryOnHands", "OnHandSerialNumberses"] },
  question: "How many Cisco Meraki MX64 units are in stock in each warehouse, and what are their serial numbers?",
  /** Returns the next call or the final message, given the results so far. */
  next([items, stock, serials]) {
    if (!items) {
      const args = { filter: { identifier: "Cisco Meraki MX64" }, fields: "id,identifier" };
      return { name: tool("list_all_procurement_catalogs"), args };
    }
    const catalogItemId = items.result[0].id;
    if (!stock) return { name: tool("list_all_inventory_on_hands"), args: { catalogItemId } };
    if (!serials) {
      const args = { filter: { "catalogItem/id": catalogItemId }, fields: "serial,warehouse/name" };
      return { name: tool("list_all_procurement_onhandserialnumbers"), args };
    }
    const lines = stock.result.map(({ warehouse: { name }, onHand }) => {
      const here = serials.result.filter(({ warehouse }) => warehouse.name === name);
      return `${name}: ${onHand} (${here.map(({ serial }) => serial).join(", ")})`;
    });
    return { answer: lines.join("\n") };
  },
  /** Checks the final message against the mock server's records. */
  check(answer) {
    const serials = ["Q2KN-7A01", "Q2KN-7A02", "Q2KN-7A03", "Q2KN-7B01", "Q2KN-7B02"];
    assert.match(answer, /Main Warehouse\D*3\b/);
    assert.match(answer, /West Warehouse\D*2\b/);
    assert.deepEqual(answer.match(/Q2KN-\w+/g).sort(), serials);
  },
};

// Unique, to distinguish the note from other runs' notes.
const TEXT = `The laptop was ordered with PO #5092 (run ${Date.now().toString(36)}).`;

export const NOTE = {
  wanted: { methods: ["list", "create"], tags: ["Tickets", "TicketNotes"] },
  question: `Add an internal note to ticket #8812: ${TEXT}`,
  next([note]) {
    if (note) return { answer: `Note ${note.id} is on ticket #${note.ticketId}.` };
    const args = { ticketId: 8812, text: TEXT, internalAnalysisFlag: true };
    return { name: tool("create_a_ticket_note"), args };
  },
  /** Checks that the server has the note exactly once. */
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

/** Prints an agent step. */
export function show(what, value) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  console.log(`${what.padEnd(8)} ${text.length > 160 ? `${text.slice(0, 160)}…` : text}`);
}
