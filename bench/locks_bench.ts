/**
 * Locks, for `deno bench -A bench/locks_bench.ts`: acquiring and releasing beside two bare atomic operations, and waking
 * another process and being woken, beside a thread that is sent a message. `locks.ts` has more rivals.
 */

import { isMainProcess, Lock, Process, RLock, Semaphore } from "../mod.ts";
import { echoing } from "./rivals/echoing.ts";

export function answer(ask: Semaphore, reply: Semaphore): void {
  for (;;) {
    ask.acquireSync();
    reply.release();
  }
}

function register(): void {
  const group = "acquire and release";
  const words = new Int32Array(new SharedArrayBuffer(4));
  Deno.bench({
    name: "two atomic operations",
    group,
    baseline: true,
    fn() {
      Atomics.compareExchange(words, 0, 0, 1);
      Atomics.compareExchange(words, 0, 1, 0);
    },
  });
  for (const lock of [new Lock(), new RLock(), new Semaphore(1)]) {
    Deno.bench({
      name: lock.constructor.name,
      group,
      fn() {
        lock.acquireSync();
        lock.release();
      },
    });
  }
  const lock = new Lock();
  Deno.bench({
    name: "Lock, awaited",
    group,
    async fn() {
      (await lock.acquire()).release();
    },
  });

  const [ask, reply] = [new Semaphore(0), new Semaphore(0)];
  new Process(answer, { args: [ask, reply], daemon: true }).start();
  const there = "there and back";
  Deno.bench({ name: "message to a thread", group: there, baseline: true, fn: echoing() });
  Deno.bench({
    name: "two semaphores and a process",
    group: there,
    fn() {
      ask.release();
      reply.acquireSync();
    },
  });
}

if (isMainProcess()) register();
