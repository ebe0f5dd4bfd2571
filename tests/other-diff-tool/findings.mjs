// Runs another diff tool, api-smart-diff, on two specs and writes its findings, one per line:
//
//     node findings.mjs OLD NEW OUT           writes OUT
//     node findings.mjs OLD NEW OUT --check   writes nothing; exits with code 1 if OUT isn't up to date
//
// The tool follows `$ref`s and reports a change to a schema at every place that uses it. This script reports each finding
// once, at its location in the document: it follows the path in both documents and starts over at the target of each
// `$ref`. It doesn't otherwise judge, drop or rename findings.
import fs from 'node:fs';
import { apiCompare } from 'api-smart-diff';

const [oldFile, newFile, out, mode] = process.argv.slice(2);
const read = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
const [before, after] = [read(oldFile), read(newFile)];

const escape = (part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1');
const unescape = (part) => part.replaceAll('~1', '/').replaceAll('~0', '~');

const started = performance.now();
const { diffs } = apiCompare(before, after);
const seconds = ((performance.now() - started) / 1000).toFixed(2);

// What the tool found to have another name (a media type with the release in it): a place is named after the
// old one, and the new document has it under the new one.
const key = (path) => JSON.stringify(path);
const renamed = new Map();
for (const { action, path, before: was, after: is } of diffs) {
  if (action === 'rename') renamed.set(key([...path, was]), is);
}

// Walks `path` in `document`; gives the place where its end is written. A parameter is named by where it
// travels and what it is called, as its number in the list says nothing.
function place(document, path, value) {
  let node = document;
  let parts = [];
  path.forEach((part, at) => {
    const name = (document === after && renamed.get(key(path.slice(0, at + 1)))) || part;
    for (let hops = 0; typeof node?.$ref === 'string' && part !== '$ref' && hops < 50; hops += 1) {
      parts = node.$ref.slice(2).split('/').map(unescape);
      node = parts.reduce((inner, step) => inner?.[step], document);
    }
    node = node?.[name];
    // An item that was added has the number that it would have in both lists together.
    const item = at === path.length - 1 ? node ?? value : node;
    const isParameter = parts.at(-1) === 'parameters' && parts[0] === 'paths' && item?.name;
    parts.push(isParameter ? `${item.in} ${item.name}` : part);
  });
  return { parts, exists: node !== undefined };
}

// Objects are too long to show; what they are is the same on both sides of the table.
const short = (value) => (value !== null && typeof value === 'object' ? '{}' : JSON.stringify(value) ?? '');

const lines = new Set();
for (const { action, path, type, before: was, after: is } of diffs) {
  const [first, second] = action === 'add' ? [after, before] : [before, after];
  const found = place(first, path, is ?? was);
  const { parts } = found.exists ? found : place(second, path, is ?? was);
  const pointer = parts.map((part) => `/${escape(part)}`).join('');
  lines.add([action, type, pointer, short(was), short(is)].join('\t'));
}

// What is the same at very many places is one line with their number: operations and numbers are left out.
const MANY = 100;
const pattern = ([action, type, pointer]) => {
  const general = pointer.replace(/^\/paths\/[^/]+\/[^/]+\/(?=.)/, '/paths/*/*/').replaceAll(/\/\d+(?=\/|$)/g, '/#');
  return [action, type, general].join('\t');
};
const patterns = new Map();
for (const line of lines) {
  const finding = line.split('\t');
  const name = pattern(finding);
  patterns.set(name, [...(patterns.get(name) ?? []), finding]);
}
const folded = [];
for (const [name, found] of patterns) {
  if (found.length > MANY) folded.push(`${name}\t×${found.length}\t`);
  else folded.push(...found.map((line) => line.join('\t')));
}
const text = `${folded.sort().join('\n')}\n`;
console.error(`${diffs.length} findings at ${lines.size} places in ${seconds} s`);
if (mode === '--check') {
  if (fs.readFileSync(out, 'utf8') !== text) {
    console.error(`${out} is not what the tool finds; run this without --check`);
    process.exit(1);
  }
} else {
  fs.writeFileSync(out, text);
}
