/** A manager's dict, on whatever runtime this is; the last line printed is JSON. */

import { tmpdir } from "node:os";
import { type DictProxy, Manager, Process, task } from "../../mod.ts";
import type { Figures } from "../contest.ts";

const RECORD = { id: 7, name: "seven", tags: ["a", "b"] };
const RUNS = 15;

/** Microseconds a call, in the median of several runs. */
async function perCall(calls: number, run: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const start = performance.now();
    await run();
    times.push((performance.now() - start) * 1e3 / calls);
  }
  return times.toSorted((a, b) => a - b)[RUNS >> 1];
}

/** The same of something that blocks the thread. */
function perSync(calls: number, call: () => unknown): Promise<number> {
  return perCall(calls, () => {
    for (let i = 0; i < calls; i++) call();
  });
}

/** The same of something that is awaited. */
function perAsync(calls: number, call: () => Promise<unknown>): Promise<number> {
  return perCall(calls, async () => {
    for (let i = 0; i < calls; i++) await call();
  });
}

/** What each of several processes does. */
const work = task(
  import.meta,
  (dict: DictProxy<string, unknown>) => perSync(1_000, () => dict.getSync("key")),
  "ask a dict",
);

/** Calls after a rest in which both sides have gone to sleep. */
async function parked(dict: DictProxy<string, unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 100; i++) {
    await new Promise((resolve) => setTimeout(resolve, 3));
    const start = performance.now();
    dict.getSync("key");
    times.push((performance.now() - start) * 1e3);
  }
  return times.toSorted((a, b) => a - b)[50];
}

if (import.meta.main) {
  const authKey = "bench";
  const path = `${tmpdir()}/x-mp-bench-${performance.timeOrigin}-${Math.random()}.sock`;
  await using manager = new Manager({ address: path, authKey });
  const dict = manager.dict<string, unknown>([["key", 1]]);
  await manager.publish("dict", dict);
  const figures: Figures = {};
  figures["get, µs"] = await perSync(2_000, () => dict.getSync("key"));
  figures["set, µs"] = await perSync(2_000, () => dict.setSync("key", 1));
  figures["set and get a record, µs"] = await perSync(1_000, () => {
    dict.setSync("record", RECORD);
    dict.getSync("record");
  });
  figures["get after a rest, µs"] = await parked(dict);
  figures["get, awaited, µs"] = await perAsync(1_000, () => dict.get("key"));
  figures["get, 100 awaited at a time, µs"] = await perCall(
    1_000,
    async () => {
      for (let i = 0; i < 10; i++) {
        await Promise.all(Array.from({ length: 100 }, () => dict.get("key")));
      }
    },
  );
  figures["set in a batch of 100, µs"] = await perCall(1_000, () => {
    for (let i = 0; i < 10; i++) {
      dict.batchSync((steps) => {
        for (let j = 0; j < 100; j++) steps.set("key", j);
      });
    }
  });
  {
    using remote = await Manager.connect(path, { authKey });
    const there = await remote.find<DictProxy<string, unknown>>("dict");
    figures["get by a socket, awaited, µs"] = await perAsync(300, () => there.get("key"));
  }
  const children = Array.from({ length: 4 }, () => new Process(work, { args: [dict] }).start());
  const all = await Promise.all(children.map((child) => child.result));
  figures["get, 4 processes, µs between two"] = all.reduce((a, b) => a + b) / 16;
  console.log(JSON.stringify(figures));
}
