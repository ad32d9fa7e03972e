/** The storm of pools that come and go: one after the other, each with a life and an end of its own. */

import process from "node:process";
import { ClosedError, Pool, ProcessDiedError } from "../../mod.ts";
import { member } from "../../src/parking/member.ts";
import { duty } from "../fixtures/pool/duty.ts";
import { heapBytes, SLACK } from "../memory/in_use.ts";
import { until } from "../support/until.ts";
import { inUse } from "./in_use.ts";
import type { Storm, Weather } from "./storm.ts";

/** How many pools come and go at least. */
const POOLS = 1_000;
const MOST_WORKERS = 3;
/** After how many pools everything is there that is there once. */
const FIRST = 8;
/** How much memory of its own this process may have more at the end: what an engine keeps for itself, or not. */
const MORE_BYTES = 96 * 2 ** 20;

type Life = (pool: Pool, weather: Weather) => Promise<void>;

const lives: Readonly<Record<string, Life>> = {
  async "never used"(pool) {
    await pool[Symbol.asyncDispose]();
  },
  async "used, then closed"(pool, { random }) {
    const jobs = Array.from(
      { length: 50 },
      (_, n) => [n, 0, "x".repeat(random.below(300))] as const,
    );
    const deeds = await pool.map(duty, jobs);
    if (deeds.some(([, value], n) => value !== 3 * n + 1)) throw new Error("A value is wrong");
    await pool[Symbol.asyncDispose]();
  },
  async "closed with work to do"(pool) {
    const given = Array.from({ length: 20 }, (_, n) => pool.apply(duty, [[n, 100, ""]]));
    pool.close();
    const deeds = await Promise.all(given);
    if (deeds.some(([, value], n) => value !== 3 * n + 1)) throw new Error("A value is wrong");
    await pool.join();
  },
  async "terminated with work to do"(pool) {
    const large = new Uint8Array(50_000);
    const given = Array.from({ length: 20 }, (_, n) => pool.apply(duty, [[n, 5_000, large]]));
    const settled = Promise.allSettled(given);
    await pool.terminate();
    for (const outcome of await settled) {
      if (outcome.status === "rejected" && !(outcome.reason instanceof ClosedError)) {
        throw outcome.reason;
      }
    }
  },
  async "one is killed"(pool, { count }) {
    const [victim] = await pool.apply(duty, [[1, 0, ""]]);
    process.kill(victim, "SIGKILL");
    count("kills");
    await pool.apply(duty, [[2, 0, ""]]).catch((error) => {
      if (!(error instanceof ProcessDiedError)) throw error;
    });
    await pool[Symbol.asyncDispose]();
  },
};

const names = Object.keys(lives);

/** Pools come and go, and leave memory, descriptors and owner slots as they were. */
export const storm: Storm = {
  question: "Do pools, however many come and go, leave everything as it was?",
  least: { pools: POOLS },
  async run(weather) {
    const { random } = weather;
    let pools = 0;
    const live = async (): Promise<void> => {
      const name = names[pools++ % names.length];
      const pool = new Pool(1 + random.below(MOST_WORKERS));
      try {
        await lives[name](pool, weather);
      } finally {
        await pool.terminate();
      }
      weather.count("pools");
    };
    const rest = () => until(() => member().parking.pending === 0, "nobody waits");
    while (pools < FIRST) await live();
    await rest();
    const before = inUse();
    const [heap, own] = [heapBytes(), process.memoryUsage().rss];
    while (!weather.isOver()) await live();
    await until(() => inUse() === before, `all is as before: ${before}, not ${inUse()}`);
    const { used } = member().table;
    // This process, its workers, and for each that was killed another, perhaps before the first is recovered.
    if (used > 1 + MOST_WORKERS + 1) throw new Error(`${used} slots were used for ${pools} pools`);
    const more = [heapBytes() - heap, process.memoryUsage().rss - own];
    if (more[0] > SLACK || more[1] > MORE_BYTES) {
      throw new Error(`${pools} pools took ${more[0]} bytes of the heap, ${more[1]} of their own`);
    }
  },
};
