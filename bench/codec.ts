/**
 * What the codec takes beside its rivals, in nanoseconds there and back: `deno run -A bench/codec.ts`,
 * `bun bench/codec.ts`, `node bench/codec.ts`. msgpackr joins where `node_modules` has it, or `MSGPACKR`
 * names its file.
 */

import process from "node:process";
import v8 from "node:v8";
import { decode } from "../src/codec/decode.ts";
import { encode, encodeInto } from "../src/codec/encode.ts";

const range = (length: number) => Array.from({ length }, (_, i) => i);

const VALUES: Readonly<Record<string, unknown>> = {
  "42": 42,
  "[35]": [35],
  "short string": "hello world",
  "small object": { id: 7, name: "ada", ok: true },
  "100 integers": range(100).map((i) => i * 37 % 1000),
  "100 doubles": range(100).map((i) => i * 1.1),
  "nested object": {
    id: 123,
    user: { name: "Ada Lovelace", email: "ada@example.org", tags: ["admin", "math", "poet"] },
    items: [
      { sku: "a1", count: 2, price: 9.99 },
      { sku: "b2", count: 1, price: 19.5 },
      { sku: "c3", count: 10, price: 0.25 },
    ],
    created: 1_700_000_000_000,
    active: true,
    note: null,
  },
  "100 records": range(100).map((i) => ({ id: i, name: `name ${i}`, score: i / 3, ok: i % 2 > 0 })),
  "1 KiB of text": "lorem ipsum ".repeat(85),
  "3 KiB of Japanese": "いろはにほへと".repeat(146),
  "1 KiB of bytes": new Uint8Array(1024),
  "8 MiB of bytes": new Uint8Array(8 << 20),
};

type Copy = (value: unknown) => unknown;

const memory = new Uint8Array(16 << 20);

const CONTESTANTS: Record<string, Copy> = {
  "encodeInto": (value) => decode(memory.subarray(0, encodeInto(memory, value))),
  "encode": (value) => {
    const encoding = encode(value);
    encoding.writeTo(memory);
    return decode(memory.subarray(0, encoding.byteLength));
  },
  "JSON": (value) => JSON.parse(JSON.stringify(value)),
  "structuredClone": (value) => structuredClone(value),
  "node:v8": (value) => v8.deserialize(v8.serialize(value)),
};

interface Packr {
  pack(value: unknown): Uint8Array;
  unpack(bytes: Uint8Array): unknown;
}

try {
  const name = process.env["MSGPACKR"] ?? "msgpackr";
  const { Packr } = await import(name) as { Packr: new (options: object) => Packr };
  const packr = new Packr({ structuredClone: true, moreTypes: true });
  CONTESTANTS["msgpackr"] = (value) => packr.unpack(packr.pack(value));
} catch {
  console.log("Without msgpackr, which is not in node_modules.");
}

let sink: unknown;

/** The best of many short runs, in nanoseconds: what else the machine does disturbs only some of them. */
function measure(copy: Copy, value: unknown): number {
  const run = (count: number) => {
    const start = performance.now();
    for (let i = 0; i < count; i++) sink = copy(value);
    return performance.now() - start;
  };
  let count = 1;
  for (const start = performance.now(); performance.now() - start < 100;) run(count);
  while (run(count) < 4) count *= 2;
  let best = Infinity;
  for (let i = 0; i < 30; i++) best = Math.min(best, run(count) / count);
  return best * 1e6;
}

function cell(nanoseconds: number): string {
  return nanoseconds < 100_000 ? nanoseconds.toFixed(0) : `${(nanoseconds / 1000).toFixed(0)},000`;
}

const only = process.argv.slice(2);
const names = Object.keys(CONTESTANTS);
console.log(["ns there and back", "bytes", ...names].map((name) => name.padStart(17)).join(""));
for (const [name, value] of Object.entries(VALUES)) {
  if (only.length > 0 && !only.includes(name)) continue;
  const row = names.map((contestant) => {
    if (contestant === "JSON" && ArrayBuffer.isView(value)) return "-";
    return cell(measure(CONTESTANTS[contestant]!, value));
  });
  console.log([name, `${encode(value).byteLength}`, ...row].map((s) => s.padStart(17)).join(""));
}
if (sink === memory) console.log("never");
