/** What our locks cost on this runtime: one JSON line of figures. */

import { Event, Lock, Process, RLock, RWLock, Semaphore, sharedArray } from "../../mod.ts";
import { member } from "../../src/parking/member.ts";
import type { Figures } from "../contest.ts";

const PAIRS = 500_000;
const ROUND_TRIPS = 5_000;
const INCREMENTS = 1_000_000;

/** Answers a hand-over so many times. */
export async function answer(ping: Lock, pong: Lock, kind: "sync" | "async") {
  for (let i = 0; i < ROUND_TRIPS; i++) {
    if (kind === "sync") ping.acquireSync();
    else await ping.acquire();
    pong.release();
  }
}

/** Increments a million times. */
export function increment(lock: Lock, count: Int32Array, ready: Semaphore, begin: Event) {
  ready.release();
  begin.waitSync();
  for (let i = 0; i < INCREMENTS; i++) {
    lock.acquireSync();
    count[0] += 1;
    lock.release();
  }
}

/** ns for one of many: the fastest of some rounds. */
function fastest(act: () => void): number {
  let best = Infinity;
  for (let round = 0; round < 8; round++) {
    const start = performance.now();
    act();
    best = Math.min(best, performance.now() - start);
  }
  return best * 1e6 / PAIRS;
}

async function fastestAsync(act: () => Promise<void>): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    await act();
    best = Math.min(best, performance.now() - start);
  }
  return best * 1e6 / PAIRS;
}

/** µs of the middle one. */
async function handOver(kind: "sync" | "async"): Promise<number> {
  const [ping, pong] = [new Lock(), new Lock()];
  ping.acquireSync();
  pong.acquireSync();
  const child = new Process(answer, { args: [ping, pong, kind] }).start();
  const times = new Float64Array(ROUND_TRIPS);
  for (let i = 0; i < ROUND_TRIPS; i++) {
    const start = performance.now();
    ping.release();
    if (kind === "sync") pong.acquireSync();
    else await pong.acquire();
    times[i] = performance.now() - start;
  }
  await child.join();
  return times.sort()[ROUND_TRIPS >> 1] * 1e3;
}

/** Million a second. */
async function increments(): Promise<number> {
  const [lock, ready, begin] = [new Lock(), new Semaphore(0), new Event()];
  const count = sharedArray("i", 1);
  const children = [0, 1].map(() =>
    new Process(increment, { args: [lock, count, ready, begin] }).start()
  );
  for (const _ of children) await ready.acquire();
  const start = performance.now();
  begin.set();
  for (const child of children) await child.join();
  const seconds = (performance.now() - start) / 1e3;
  if (count[0] !== 2 * INCREMENTS) throw new Error(`lost increments: ${count[0]}`);
  return 2 * INCREMENTS / seconds / 1e6;
}

async function measure(): Promise<Figures> {
  const { heap, holdings } = member();
  const cells = new Int32Array(heap.bytes.buffer);
  const at = holdings.create(127, 2);
  const [lock, rlock, semaphore, rwlock] = [new Lock(), new RLock(), new Semaphore(), new RWLock()];
  const empty: Disposable = { [Symbol.dispose]() {} };
  return {
    "two bare atomic operations, ns": fastest(() => {
      for (let i = 0; i < PAIRS; i++) {
        Atomics.compareExchange(cells, at, 0, 1);
        Atomics.compareExchange(cells, at, 1, 0);
      }
    }),
    "Lock, ns": fastest(() => {
      for (let i = 0; i < PAIRS; i++) {
        lock.acquireSync();
        lock.release();
      }
    }),
    "Lock, released by what is held, ns": fastest(() => {
      for (let i = 0; i < PAIRS; i++) lock.acquireSync().release();
    }),
    "Lock, with `using`, ns": fastest(() => {
      for (let i = 0; i < PAIRS; i++) {
        using _held = lock.acquireSync();
      }
    }),
    "`using` of an object that does nothing, ns": fastest(() => {
      for (let i = 0; i < PAIRS; i++) {
        using _nothing = empty;
      }
    }),
    "RLock, ns": fastest(() => {
      for (let i = 0; i < PAIRS; i++) {
        rlock.acquireSync();
        rlock.release();
      }
    }),
    "Semaphore, ns": fastest(() => {
      for (let i = 0; i < PAIRS; i++) {
        semaphore.acquireSync();
        semaphore.release();
      }
    }),
    "RWLock, to read, ns": fastest(() => {
      for (let i = 0; i < PAIRS; i++) {
        rwlock.acquireReadSync();
        rwlock.releaseRead();
      }
    }),
    "RWLock, to write, ns": fastest(() => {
      for (let i = 0; i < PAIRS; i++) {
        rwlock.acquireWriteSync();
        rwlock.releaseWrite();
      }
    }),
    "an `await` of a promise that is kept, ns": await fastestAsync(async () => {
      const kept = Promise.resolve();
      for (let i = 0; i < PAIRS; i++) await kept;
    }),
    "Lock, asynchronous, ns": await fastestAsync(async () => {
      for (let i = 0; i < PAIRS; i++) {
        await lock.acquire();
        lock.release();
      }
    }),
    "hand-over there and back, µs": await handOver("sync"),
    "the same, asynchronous, µs": await handOver("async"),
    "increments under a Lock, million/s": await increments(),
  };
}

if (import.meta.main) console.log(JSON.stringify(await measure()));
