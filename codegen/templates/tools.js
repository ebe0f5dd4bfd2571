"use strict";

// The columns of a tool's row in the data.
const [NAME, SHORT, TITLE, DESCRIPTION, CLASS, MODULE, METHOD, PATH, ANSWER, REQUIRED, OWN, SHAPE] = Array(12).keys();

// More rows than this are shown only when asked for, so that typing is never slow.
const MOST = 200;

// What a search reads of a tool, best first: its names and title, its call, its description.
function readable(tool) {
  const parts = [`${tool[NAME]} ${tool[SHORT]} ${tool[TITLE]}`, `${tool[METHOD]} ${tool[PATH]}`, tool[DESCRIPTION]];
  return parts.map((part) => part.toLowerCase());
}

// Words that say nothing of a tool.
const FILLER = new Set("a all an and any at by for from i in into its me my of on our that the their this to with".split(" "));
// What tools are called that do what a word asks for.
const MEANT = {
  add: "create", new: "create", make: "create", open: "create", remove: "delete", erase: "delete", change: "update",
  edit: "update", set: "update", modify: "update", show: "get", read: "get", see: "get", find: "list",
};

// The ways in which a word may be written in a name: its singular, and what it means.
function forms(word) {
  if (word in MEANT) return [word, MEANT[word]];
  if (word.length <= 3) return [word];
  return [word.replace(/ies$/, "y").replace(/(ss|us|x|ch|sh)es$/, "$1").replace(/([^su])s$/, "$1")];
}

// The numbers of the tools that have all words of the query, those first that have them in their names; where no tool
// has all, of those that have the most. `texts` is what `readable` says of each tool, `lacking` how many words these
// tools do not have.
function find(tools, texts, query, module, kind) {
  const given = query.toLowerCase().split(/\s+/).filter(Boolean);
  const telling = given.filter((word) => !FILLER.has(word));
  const words = (telling.length ? telling : given).map(forms);
  let lacking = words.length;
  let found = [];
  tools.forEach((tool, number) => {
    if ((module && tool[MODULE] !== module) || (kind && tool[CLASS] !== kind)) return;
    const places = words.map((word) => texts[number].findIndex((text) => word.some((form) => text.includes(form))));
    const lacks = places.filter((place) => place < 0).length;
    if (lacks > lacking || (words.length && lacks === words.length)) return;
    if (lacks < lacking) [found, lacking] = [[], lacks];
    found.push([Math.max(0, ...places), words.length ? tool[NAME].length : 0, number]);
  });
  found.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  return { numbers: found.map((row) => row[2]), lacking, words: words.length };
}

// The arguments of a tool, those first that each call must give: [name, type, description, required].
function argumentsOf(data, tool) {
  const numbers = tool[OWN].concat(tool[SHAPE] < 0 ? [] : data.shapes[tool[SHAPE]]);
  const required = new Set(tool[REQUIRED]);
  const rows = numbers.map((number) => [...data.arguments[number], required.has(data.arguments[number][0])]);
  return rows.filter((row) => row[3]).concat(rows.filter((row) => !row[3]));
}

function start() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const tools = data.tools;
  for (const tool of tools) tool[SHORT] ||= tool[NAME].replace(data.prefix, "");
  const texts = tools.map(readable);
  const byName = new Map();
  tools.forEach((tool, number) => byName.set(tool[SHORT], number));
  tools.forEach((tool, number) => byName.set(tool[NAME], number));
  const ids = ["query", "module", "class", "tools", "status", "more"];
  const [query, module, kind, list, status, more] = ids.map((id) => document.getElementById(id));

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    return made;
  }

  // Text in which names of tools lead to them.
  function linked(name, text) {
    const made = element(name);
    for (const part of text.split(/([a-z0-9_]+_[a-z0-9_]+)/)) {
      made.append(byName.has(part) ? element("a", part, { href: `#${tools[byName.get(part)][NAME]}` }) : part);
    }
    return made;
  }

  const rows = tools.map((tool) => {
    const row = element("li", "", { id: tool[NAME] });
    const details = element("details");
    const summary = element("summary");
    summary.append(element("code", tool[SHORT]), " ", element("span", tool[TITLE]), " ");
    summary.append(element("small", `${tool[MODULE]}, `), element("small", tool[CLASS], { class: tool[CLASS] }));
    details.append(summary);
    details.addEventListener("toggle", () => fill(details, tool), { once: true });
    row.append(details);
    return row;
  });

  function fill(details, tool) {
    if (details.children.length > 1) return;
    const facts = element("dl");
    const fact = (term, ...values) => {
      const value = element("dd");
      value.append(...values);
      facts.append(element("dt", term), value);
    };
    fact("Full name", element("code", tool[NAME]), " ", element("a", "link", { href: `#${tool[NAME]}` }));
    fact("Short name", element("code", tool[SHORT]));
    fact("Operation", element("code", `${tool[METHOD]} ${tool[PATH]}`));
    fact("Returns", tool[ANSWER] || "nothing");
    details.append(linked("p", tool[DESCRIPTION]), facts);
    const given = argumentsOf(data, tool);
    if (!given.length) return details.append(element("p", "No arguments."));
    const table = element("table");
    table.append(element("caption", given.length === 1 ? "One argument" : `${given.length} arguments`));
    const head = table.createTHead().insertRow();
    head.append(...["Name", "Type", "Description"].map((text) => element("th", text, { scope: "col" })));
    const body = table.createTBody();
    for (const [name, type, words, required] of given) {
      const line = body.insertRow();
      const title = element("th", "", { scope: "row" });
      title.append(element("code", name));
      if (required) title.append(" ", element("strong", "required"));
      line.append(title, element("td", type), linked("td", words));
    }
    details.append(table);
  }

  function show(most = MOST) {
    const { numbers: found, lacking, words } = find(tools, texts, query.value, module.value, kind.value);
    list.replaceChildren(...found.slice(0, most).map((number) => rows[number]));
    const [count, all, rest] = [found.length, tools.length, found.length - most].map((n) => n.toLocaleString("en"));
    status.textContent = count === all ? `${all} tools` : `${count} of ${all} tools`;
    if (!found.length) status.textContent += ": no match; try fewer or other words";
    else if (lacking) status.textContent += `: no tool matches all words, these match ${words - lacking} of ${words}`;
    more.hidden = found.length <= most;
    more.textContent = `Show ${rest} more`;
  }

  // What was searched for before links replaced it, by the address that it was searched for at.
  const searched = new Map();
  let here = location.hash;

  // A link to a tool opens it; if the list does not show it, the search becomes its name. Going back restores the search
  // that the link replaced.
  function follow() {
    const fields = [query, module, kind];
    const before = searched.get(location.hash);
    searched.set(here, fields.map((field) => field.value));
    here = location.hash;
    const number = byName.get(decodeURIComponent(location.hash.slice(1)));
    if (before && (number === undefined || !rows[number].isConnected)) {
      fields.forEach((field, at) => { field.value = before[at]; });
      show();
    }
    if (number === undefined) return;
    if (!rows[number].isConnected) {
      query.value = tools[number][NAME];
      module.value = kind.value = "";
      show();
    }
    const details = rows[number].firstChild;
    fill(details, tools[number]);
    details.open = true;
    rows[number].scrollIntoView();
    details.firstChild.focus({ preventScroll: true });
  }

  function step(from, by) {
    const row = from === query ? by > 0 && list.firstChild : from.closest("li")[by > 0 ? "nextSibling" : "previousSibling"];
    const to = row ? row.querySelector("summary") : query;
    if (by < 0 || row) to.focus();
  }

  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !at.matches("input, select")) query.select();
    else if (event.key === "Escape" && at === query) { query.value = ""; show(); }
    else if (event.key === "Escape" && at.closest("li")) query.focus();
    else if (event.key === "ArrowDown" && (at === query || at.matches("summary"))) step(at, 1);
    else if (event.key === "ArrowUp" && at.matches("summary")) step(at, -1);
    else return;
    event.preventDefault();
  });
  for (const field of [query, module, kind]) field.addEventListener("input", () => show());
  more.addEventListener("click", () => {
    const last = list.lastChild;
    show(Infinity);
    last.nextSibling.querySelector("summary").focus();
  });
  addEventListener("hashchange", follow);
  show();
  follow();
}

if (typeof document !== "undefined") start();
