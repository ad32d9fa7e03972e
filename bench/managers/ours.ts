/** A manager's dict; the last line printed is JSON: microseconds an operation. */

import { type DictProxy, Manager, Process } from "../../mod.ts";

function perCall(calls: number, call: () => void): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) call();
  return (performance.now() - start) * 1_000 / calls;
}

/** What each of several processes does. */
export function work(dict: DictProxy<string, unknown>, calls: number): number {
  perCall(300, () => dict.getSync("key"));
  return perCall(calls, () => dict.getSync("key"));
}

if (import.meta.main) {
  using manager = new Manager();
  const dict = manager.dict<string, unknown>([["key", 1]]);
  const record = { id: 7, name: "seven", tags: ["a", "b"] };
  perCall(1_000, () => dict.getSync("key"));
  const figures: Record<string, number> = {
    "get, µs": perCall(10_000, () => dict.getSync("key")),
    "set, µs": perCall(10_000, () => dict.setSync("key", 1)),
    "set and get a record, µs": perCall(5_000, () => {
      dict.setSync("record", record);
      dict.getSync("record");
    }),
  };
  const start = performance.now();
  for (let i = 0; i < 5_000; i++) await dict.get("key");
  figures["get, awaited, µs"] = (performance.now() - start) / 5;
  const batched = performance.now();
  for (let i = 0; i < 50; i++) {
    dict.batchSync((steps) => {
      for (let j = 0; j < 100; j++) steps.set("key", j);
    });
  }
  figures["set in a batch of 100, µs"] = (performance.now() - batched) / 5;
  const children = Array.from(
    { length: 4 },
    () => new Process(work, { args: [dict, 3_000] }).start(),
  );
  const all = await Promise.all(children.map((child) => child.result));
  figures["get, 4 processes at a time, µs"] = all.reduce((a, b) => a + b) / 16;
  console.log(JSON.stringify(figures));
}
