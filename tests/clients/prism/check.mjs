// Calls operations in the eleven API areas through Prism, which checks each request and each response against the spec.
// Every problem that Prism finds must be a defect in the spec that the table below explains; otherwise, the test fails.
//
// SPEC is the path of the spec, SANDBOX is the root URL of a sandbox, and TOUR is the program that makes the calls.

import { spawn } from "node:child_process";
import { once } from "node:events";

const { SPEC, SANDBOX, TOUR } = process.env;
const PORT = 4610;

// A pattern, and why what it matches is no fault of ours.
const FAULTS_OF_THE_SPEC = [
  [/^request\.body\.\d+\.value .* must be object$/, "the value of a patch is declared an object; the guide sends texts and numbers"],
  [/customFields\.\d+\.value .* must be object$/, "the value of a custom field is declared an object; it is a text, number, date or flag"],
  [/^request\.path .* required property 'transfercontactid'$/, "a parameter of the path that the path has no place for; it travels in the query"],
  [/^response Unable to match the returned status code .*: (200|201|204)$/, "only success is declared; a refusal (400, 404) is not"],
];

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}

const prism = spawn("node_modules/.bin/prism", ["proxy", "-p", String(PORT), SPEC, SANDBOX], {
  stdio: ["ignore", "pipe", "inherit"],
});
let log = "";
prism.stdout.setEncoding("utf8");
const listening = new Promise((resolve, reject) => {
  prism.stdout.on("data", (text) => {
    log += text;
    if (log.includes("Prism is listening")) resolve();
  });
  prism.once("exit", (code) => reject(new Error(`Prism ended with ${code}: ${log.slice(-500)}`)));
});

await listening;
const tour = spawn(TOUR, [`http://127.0.0.1:${PORT}`], { stdio: ["ignore", "pipe", "inherit"] });
let told = "";
tour.stdout.setEncoding("utf8");
tour.stdout.on("data", (text) => (told += text));
const [code] = await once(tour, "exit");
prism.removeAllListeners("exit");
prism.kill();

const { calls, failed } = JSON.parse(told.trim().split("\n").at(-1));
if (code !== 0 || failed !== 0 || !(calls > 70)) fail(`the tour did not go well: ${told.slice(-2000)}`);

const counts = new Map();
for (const [, found] of log.matchAll(/Violation: (.*)/g)) {
  const fault = FAULTS_OF_THE_SPEC.find(([pattern]) => pattern.test(found.trim()));
  const key = fault ? `the spec's own fault: ${fault[1]}` : `OURS: ${found.trim().replace(/\d+/g, "N")}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
console.log(`${calls} calls through Prism`);
for (const [what, count] of counts) console.log(`${String(count).padStart(5)}  ${what}`);
const ours = [...counts.keys()].filter((what) => what.startsWith("OURS"));
if (ours.length > 0) fail(`${ours.length} kinds of violations are not the spec's own`);
for (const [pattern, why] of FAULTS_OF_THE_SPEC) {
  if (![...counts.keys()].some((what) => what.endsWith(why))) fail(`nothing matches ${pattern} any more; delete it`);
}
