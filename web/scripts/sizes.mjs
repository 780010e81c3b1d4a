// What each page loads before anybody asks for more, compressed; too much of it fails the build.
import { readFile, stat } from "node:fs/promises";

const folder = new URL("../dist/", import.meta.url).pathname;
const chunks = JSON.parse(await readFile(`${folder}.vite/manifest.json`, "utf8"));

/** kB of Brotli: a second of fast 3G carries 200 kB, and the first view's tiles and cells are some 150. */
const BUDGETS = { "src/main.ts": 175, "src/plan/main.ts": 200, "src/staff/main.ts": 160 };

const size = async (file) => (await stat(`${folder}${file}.br`).catch(() => stat(`${folder}${file}`))).size;

/** What a page asks for as soon as it runs (geoplan/map/bundle.py). */
const SOON = { "src/main.ts": ["src/reach/start.ts"] };

/** The chunk and all that it imports at once. */
function needed(name, found = new Set()) {
  if (!found.has(name)) {
    found.add(name);
    for (const other of chunks[name].imports ?? []) needed(other, found);
  }
  return found;
}

/** What it imports later, when it is asked for. */
function later(names) {
  const found = new Set();
  for (const name of names) for (const other of chunks[name].dynamicImports ?? []) for (const each of needed(other)) if (!names.has(each)) found.add(each);
  return found;
}

async function sum(names) {
  const files = new Set([...names].flatMap((name) => [chunks[name].file, ...(chunks[name].css ?? [])]));
  const sizes = await Promise.all([...files].map(size));
  return sizes.reduce((total, each) => total + each, 0) / 1000;
}

let over = false;
for (const [name, budget] of Object.entries(BUDGETS)) {
  if (!chunks[name]) continue;
  const first = needed(name);
  for (const soon of SOON[name] ?? []) if (chunks[soon]) needed(soon, first);
  const kilobytes = await sum(first);
  const kept = kilobytes <= budget;
  over ||= !kept;
  console.log(`${name}: ${kilobytes.toFixed(0)} kB at first (budget ${budget}), ${(await sum(later(first))).toFixed(0)} kB later${kept ? "" : ": too much"}`);
}
if (over) process.exit(1);
