// Tests the script in the page that lists all tools, using the data in the page: search results, and the order in which
// arguments are shown. No browser is needed, because the tested functions don't access the document.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import vm from "node:vm";

const page = readFileSync(new URL("../../../generated/docs/tools.html", import.meta.url), "utf8");
const [data, script] = [...page.matchAll(/<script[^>]*>\n(.*?)<\/script>/gs)].map((match) => match[1]);
const { find, readable, argumentsOf, catalog } = vm.runInNewContext(
  `${script}; ({ find, readable, argumentsOf, catalog: JSON.parse(data) })`,
  { data },
);
const { tools } = catalog;
for (const tool of tools) tool[1] ||= tool[0].replace(catalog.prefix, "");
const texts = tools.map(readable);
const search = (...query) => find(tools, texts, ...query);
const names = (...query) => Array.from(search(...query).numbers, (number) => tools[number][1]);

test("the page is light, and asks the network for nothing", () => {
  assert.ok(page.length < 1_500_000, `${page.length}`);
  assert.doesNotMatch(page.replace(data, ""), /\b(src|href)="|@import|url\(|fetch\(/);
  assert.doesNotMatch(data, /</);
});

test("no words find all, in the order of the catalog", () => {
  assert.equal(names("", "", "").length, tools.length);
  assert.equal(names("  ", "", "")[0], tools[0][1]);
});

test("all words must occur; what has them in its name comes first, the shortest before the longer", () => {
  const found = names("create ticket notes", "", "");
  assert.equal(found[0], "create_a_ticket_note");
  assert.ok(found.length < 20, `${found}`);
  assert.deepEqual(names("nonsense-word", "", ""), []);
});

test("where no tool has all words, those with the most are found, and it is told", () => {
  const { numbers, lacking, words } = search("create nonsense-word", "", "");
  assert.ok(numbers.length > 0);
  assert.deepEqual([lacking, words], [1, 2]);
  assert.equal(search("create ticket notes", "", "").lacking, 0);
  assert.ok(names("order hardware from a vendor", "", "").slice(0, 5).includes("create_a_procurement_purchaseorder"));
});

test("words are read as people write them", () => {
  for (const [query, name] of [
    ["add a note to a ticket", "create_a_ticket_note"],
    ["remove note", "delete_a_ticket_note_by_id"],
    ["show the statuses of a board", "list_all_board_statuses"],
    ["all inventories", "list_all_inventory_on_hands"],
    ["change an agreement", "update_a_finance_agreement_by_id"],
  ]) {
    assert.ok(names(query, "", "").includes(name), `${query}: ${names(query, "", "").slice(0, 5)}`);
  }
});

test("a path and a description find too, and case does not matter", () => {
  assert.ok(names("/SERVICE/tickets/{parentId}/notes", "", "").includes("list_all_ticket_notes"));
  assert.ok(names("purchase order for a vendor", "", "").includes("create_a_procurement_purchaseorder"));
});

test("module and class narrow it", () => {
  const found = search("ticket", "service", "read").numbers;
  assert.ok(found.length > 0);
  for (const number of found) assert.deepEqual([tools[number][4], tools[number][5]], ["read", "service"]);
  const classes = ["read", "write", "custom"].map((kind) => search("", "", kind).numbers.length);
  assert.equal(classes.reduce((a, b) => a + b), tools.length);
});

test("every tool's required arguments are there, and come first", () => {
  for (const tool of tools) {
    const given = argumentsOf(catalog, tool);
    const required = given.filter((row) => row[3]).length;
    assert.equal(required, tool[9].length, tool[0]);
    assert.ok(given.slice(0, required).every((row) => row[3]), tool[0]);
  }
});

test("an id says where it comes from", () => {
  const tool = tools.find((tool) => tool[1] === "create_a_ticket_note");
  assert.deepEqual(Array.from(argumentsOf(catalog, tool)[0]), ["ticketId", "integer", "Ticket ID. Find it with list_all_tickets.", true]);
});
