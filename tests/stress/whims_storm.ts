/** The storm of calls that are given up, time out, throw, die or are left, while pools close and end around them. */

import { ClosedError, Pool, ProcessDiedError, RemoteError, TimeoutError } from "../../mod.ts";
import type { Random } from "../codec/random.ts";
import { follow, followItem, type Whim } from "../fixtures/pool/whims.ts";
import { member } from "../../src/parking/member.ts";
import { until } from "../support/until.ts";
import { inUse } from "./in_use.ts";
import type { Storm, Weather } from "./storm.ts";

const CALLS = 30;
/** How long a task may take that would spin on for ever, in ms. */
const TIMEOUT = 150;

/** After how many pools everything is there that is there once. */
const FIRST = 4;

/** Why a call was given up. */
class Whimsical extends Error {}

const tame: readonly Whim[] = ["returns", "returns", "spins", "sleeps", "throws", "gives tasks"];
const wild: readonly Whim[] = [...tame, "dies", "spins on"];

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A signal that some calls get: aborted before, at once, or later. */
function signalFor(random: Random): AbortSignal | undefined {
  if (random.below(2) === 0) return undefined;
  const abortion = new AbortController();
  const abort = (): void => abortion.abort(new Whimsical("given up"));
  const when = random.below(4);
  if (when === 0) abort();
  else if (when === 1) queueMicrotask(abort);
  else setTimeout(abort, random.below(80));
  return abortion.signal;
}

interface Calls {
  readonly pool: Pool;
  readonly random: Random;
  readonly whims: readonly Whim[];
}

async function call({ pool, random, whims }: Calls, n: number): Promise<void> {
  const whim = random.pick(whims);
  const signal = signalFor(random);
  const timeout = whim === "spins on" || random.below(3) === 0 ? TIMEOUT : undefined;
  const options = { signal, timeout, retries: random.below(2) };
  const items = Array.from(
    { length: random.below(12) },
    (_, i) => [n + i, random.pick(whims)] as const,
  );
  const many = { ...options, timeout: TIMEOUT, chunkSize: 1 + random.below(4) };
  switch (random.below(4)) {
    case 0:
      return check([await pool.apply(follow, [n, whim], options)], [n]);
    case 1:
      return check(await pool.map(followItem, items, many), items.map(([m]) => m));
    case 2: {
      const values: number[] = [];
      const most = random.below(12);
      for await (const value of pool.imap(followItem, items, many)) {
        values.push(value);
        if (values.length === most) break;
      }
      return check(values, items.slice(0, values.length).map(([m]) => m));
    }
    default:
      return check([await pool.applyAsync(follow, [n, whim], options)], [n]);
  }
}

function check(values: readonly number[], numbers: readonly number[]): void {
  if (values.length !== numbers.length || values.some((value, i) => value !== 3 * numbers[i])) {
    throw new Error(`Wrong values: ${values} of ${numbers}`);
  }
}

const expected = [ClosedError, Whimsical, ProcessDiedError, RemoteError, TimeoutError];

async function live(weather: Weather): Promise<void> {
  const { random } = weather;
  const pool = new Pool(1 + random.below(2), {
    maxTasksPerWorker: random.pick<number | undefined>([undefined, undefined, 1, 5]),
    taskTimeout: random.pick<number | undefined>([undefined, 10_000]),
  });
  const calls: Calls = { pool, random, whims: random.pick([tame, wild]) };
  const given = Array.from({ length: CALLS }, async (_, n) => {
    await after(random.below(100));
    await call(calls, 1_000 * n);
  });
  const settled = Promise.allSettled(given);
  const end = random.below(3);
  if (end === 0) await settled;
  await after(random.below(100));
  if (end === 2) await pool.terminate();
  pool.close();
  await pool.join();
  for (const outcome of await settled) {
    if (outcome.status === "fulfilled") weather.count("values");
    else if (expected.some((kind) => outcome.reason instanceof kind)) weather.count("errors");
    else throw outcome.reason;
  }
  weather.count("pools");
}

/** Whatever calls are given up for, and whenever, all of them settle and their pools end. */
export const storm: Storm = {
  question: "Does every call settle, and every pool end, whatever is given up, and whenever?",
  async run(weather) {
    // What is there once: a bell, and what a runtime opens when children are killed.
    const first = new Pool(1);
    await first.apply(follow, [1, "sleeps"]);
    await first[Symbol.asyncDispose]();
    for (let i = 0; i < FIRST; i++) await live(weather);
    await until(() => member().parking.pending === 0, "nobody waits");
    const before = inUse();
    while (!weather.isOver()) await live(weather);
    await until(() => inUse() === before, `all is as before: ${before}, not ${inUse()}`);
  },
};
