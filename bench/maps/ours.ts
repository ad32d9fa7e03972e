/** Our figures, on whatever runtime this is; the last line printed is JSON. */
import { Process, type SharedMap, sharedMap, SharedValue, task } from "../../mod.ts";
import type { Figures } from "../contest.ts";

const KEYS = Array.from({ length: 1000 }, (_, i) => `key ${i}`);
const RECORD = { id: 7, name: "Ada Lovelace", born: 1815, tags: ["a", "b"], isActive: true };

/** Microseconds a call, in the best of many short runs. */
function perCall(call: (i: number) => unknown, calls = 20_000, runs = 12): number {
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) call(i);
    best = Math.min(best, (performance.now() - start) * 1e3 / calls);
  }
  return best;
}

async function alone(figures: Figures): Promise<void> {
  using map = sharedMap<string, unknown>();
  const plain = new Map<string, unknown>();
  const key = (i: number): string => KEYS[i % KEYS.length];
  figures["set a number, µs"] = perCall((i) => map.setSync(key(i), i));
  figures["get a number, µs"] = perCall((i) => map.getSync(key(i)));
  figures["has, µs"] = perCall((i) => map.hasSync(key(i)));
  figures["update, µs"] = perCall((i) => map.updateSync(key(i), (n) => (n as number) + 1));
  figures["set a record, µs"] = perCall((i) => map.setSync(key(i), RECORD));
  figures["get a record, µs"] = perCall((i) => map.getSync(key(i)));
  figures["delete and set anew, µs"] = perCall((i) => {
    map.deleteSync(key(i));
    map.setSync(key(i), i);
  });
  let sum = 0;
  const entries = (): void => {
    for (const [, value] of map) sum += value as number;
  };
  figures["iterate, µs an entry"] = perCall(entries, 20) / KEYS.length;
  figures["copy the whole, µs an entry"] = perCall(() => map.snapshotSync(), 20) / KEYS.length;
  const start = performance.now();
  for (let i = 0; i < 20_000; i++) await map.get(key(i));
  figures["await get, µs"] = (performance.now() - start) / 20;
  figures["Map: set, µs"] = perCall((i) => plain.set(key(i), i));
  figures["Map: get, µs"] = perCall((i) => sum += plain.get(key(i)) as number);
  if (sum === 0.5) console.log("never");
}

/** Gets and sets for as long as it is let; returns how often. */
const mix = task(
  import.meta,
  (map: SharedMap<string, number>, phase: SharedValue): number => {
    for (let i = 0; i < 30_000; i++) map.setSync(KEYS[i % 1000], i);
    phase.add(1);
    while (phase.value < 4);
    const end = performance.now() + 1000;
    let times = 0;
    while (performance.now() < end) {
      for (let i = 0; i < 100; i++, times += 2) {
        map.setSync(KEYS[(times * 7) % 1000], times);
        map.getSync(KEYS[(times * 13) % 1000]);
      }
    }
    return times;
  },
);

/** Counts up in one place, for as long as it is let; returns how often. */
const count = task(
  import.meta,
  (map: SharedMap<string, number>, phase: SharedValue): number => {
    phase.add(1);
    while (phase.value < 4);
    const end = performance.now() + 1000;
    let times = 0;
    for (; performance.now() < end; times++) map.updateSync("it", (n = 0) => n + 1);
    return times;
  },
);

async function together(work: typeof mix): Promise<[number, SharedMap<string, number>]> {
  const map = sharedMap<string, number>();
  using phase = new SharedValue("i");
  const children = [1, 2, 3, 4].map(() => new Process(work, { args: [map, phase] }).start());
  const times = await Promise.all(children.map((child) => child.result));
  await Promise.all(children.map((child) => child.join()));
  return [times.reduce((sum, one) => sum + one), map];
}

async function kills(): Promise<number> {
  using map = sharedMap<string, number>();
  let survived = 0;
  for (let round = 0; round < 30; round++) {
    using phase = new SharedValue("i", 3);
    const child = new Process(mix, { args: [map, phase] }).start();
    while (phase.value < 4) await new Promise((resolve) => setTimeout(resolve, 1));
    child.kill();
    await child.join();
    for (const key of KEYS) map.setSync(key, round);
    if (map.size === KEYS.length && [...map.values()].every((value) => value === round)) survived++;
  }
  return survived;
}

if (import.meta.main) {
  const figures: Figures = {};
  await alone(figures);
  const [times, map] = await together(mix);
  figures["4 processes: gets and sets a second"] = times;
  map.dispose();
  const [updates, counted] = await together(count);
  figures["4 processes, 1 key: updates a second"] = updates;
  if (counted.getSync("it") !== updates) throw new Error("an update was lost");
  counted.dispose();
  figures["kills survived of 30"] = await kills();
  console.log(JSON.stringify(figures));
}
