// The script of the page of all tools, with the data that stands in the page: what a search finds, and in which
// order arguments are shown. It needs no browser, as the functions that do this touch no document.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import vm from "node:vm";

const page = readFileSync(new URL("../../../generated/docs/tools.html", import.meta.url), "utf8");
const [data, script] = [...page.matchAll(/<script[^>]*>\n(.*?)<\/script>/gs)].map((match) => match[1]);
const { find, readable, argumentsOf, catalogue } = vm.runInNewContext(
  `${script}; ({ find, readable, argumentsOf, catalogue: JSON.parse(data) })`,
  { data },
);
const { tools } = catalogue;
for (const tool of tools) tool[1] ||= tool[0].replace(catalogue.prefix, "");
const texts = tools.map(readable);
const names = (...query) => Array.from(find(tools, texts, ...query), (number) => tools[number][1]);

test("the page is light, and asks the network for nothing", () => {
  assert.ok(page.length < 1_500_000, `${page.length}`);
  assert.doesNotMatch(page.replace(data, ""), /\b(src|href)="|@import|url\(|fetch\(/);
  assert.doesNotMatch(data, /</);
});

test("no words find all, in the order of the catalogue", () => {
  assert.equal(names("", "", "").length, tools.length);
  assert.equal(names("  ", "", "")[0], tools[0][1]);
});

test("all words must occur; what has them in its name comes first, the shortest before the longer", () => {
  const found = names("create ticket notes", "", "");
  assert.equal(found[0], "create_a_ticket_note");
  assert.ok(found.length < 20, `${found}`);
  assert.deepEqual(names("create nonsense-word", "", ""), []);
});

test("a path and a description find too, and case does not matter", () => {
  assert.ok(names("/SERVICE/tickets/{parentId}/notes", "", "").includes("list_all_ticket_notes"));
  assert.ok(names("ordered from a vendor", "", "").includes("create_a_procurement_purchaseorder"));
});

test("module and class narrow it", () => {
  const found = find(tools, texts, "ticket", "service", "read");
  assert.ok(found.length > 0);
  for (const number of found) assert.deepEqual([tools[number][4], tools[number][5]], ["read", "service"]);
  const classes = ["read", "write", "custom"].map((kind) => find(tools, texts, "", "", kind).length);
  assert.equal(classes.reduce((a, b) => a + b), tools.length);
});

test("every tool's required arguments are there, and come first", () => {
  for (const tool of tools) {
    const given = argumentsOf(catalogue, tool);
    const required = given.filter((row) => row[3]).length;
    assert.equal(required, tool[9].length, tool[0]);
    assert.ok(given.slice(0, required).every((row) => row[3]), tool[0]);
  }
});

test("an id says where it comes from", () => {
  const tool = tools.find((tool) => tool[1] === "create_a_ticket_note");
  assert.deepEqual(Array.from(argumentsOf(catalogue, tool)[0]), ["ticketId", "integer", "From list_all_connect_wise_psa_tickets.", true]);
});
