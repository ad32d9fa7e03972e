import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ClosedError, currentProcess, LockError, Process, RLock, TimeoutError } from "../../mod.ts";
import { Board } from "../fixtures/sync/board.ts";
import * as locks from "../fixtures/sync/locks.ts";
import { test, until } from "../support/harness.ts";

function start<A extends unknown[], R>(target: (...args: A) => R, ...args: A) {
  return new Process(target, { args }).start();
}

test("RLock excludes processes that wait on their thread and on their event loop", async () => {
  const lock = new RLock();
  using board = new Board();
  const kinds: locks.Kind[] = ["sync", "async", "sync"];
  const processes = kinds.map((kind) => start(locks.increment, lock, board.at, 1_000, kind));
  for (const process of processes) await process.join();
  assertEquals(board.load(locks.COUNT), 3_000);
});

test("the holder of an RLock acquires it again, and releases it as often", async () => {
  const lock = new RLock();
  const first = lock.acquireSync();
  const second = await lock.acquire();
  const third = lock.tryAcquire();
  assert(third !== undefined);
  lock.acquireSync({ timeout: 0 });
  for (const held of [second, second, third]) held.release();
  assertEquals(lock.owner, currentProcess().pid);
  lock.release();
  assertEquals(lock.locked, true);
  first.release();
  assertEquals(lock.locked, false);
  assertThrows(() => lock.release(), LockError, "nobody holds it");
});

test("an RLock that another process holds is refused, and stays held", async () => {
  const lock = new RLock();
  using board = new Board();
  const holder = start(locks.keep, lock, board.at);
  await until(() => board.load(locks.READY) === 1, "the lock is held");
  assertEquals([lock.locked, lock.owner], [true, holder.pid]);
  assertThrows(() => lock.release(), LockError, `process ${holder.pid} holds it`);
  assertEquals(lock.tryAcquire(), undefined);
  assertThrows(() => lock.acquireSync({ timeout: 10 }), TimeoutError);
  await assertRejects(() => lock.acquire({ timeout: 10 }), TimeoutError);
  assertEquals(lock.owner, holder.pid);
  holder.kill();
  await holder.join();
});

test("async functions of one process have an RLock at the same time", async () => {
  const lock = new RLock();
  const order: string[] = [];
  await Promise.all(["a", "b"].map(async (name) => {
    using _held = await lock.acquire();
    order.push(`${name} begins`);
    await Promise.resolve();
    order.push(`${name} ends`);
  }));
  assertEquals(order, ["a begins", "b begins", "a ends", "b ends"]);
  assertEquals(lock.locked, false);
});

test("async functions that wait for the RLock of another process all have it when it comes", async () => {
  const lock = new RLock();
  using board = new Board();
  const holder = start(locks.keep, lock, board.at);
  await until(() => board.load(locks.READY) === 1, "the lock is held");
  const waits = [lock.acquire(), lock.acquire(), lock.acquire()];
  holder.kill();
  const held = await Promise.all(waits);
  assertEquals(held.map(({ abandoned }) => abandoned), [true, false, false]);
  for (const each of held) {
    assertEquals(lock.locked, true);
    each.release();
  }
  assertEquals(lock.locked, false);
  await holder.join();
});

test("a handle of an RLock that was disposed of refuses everything", async () => {
  const lock = new RLock();
  const held = lock.acquireSync();
  assertThrows(() => lock.dispose(), LockError, "this process holds it");
  held.release();
  lock.dispose();
  lock[Symbol.dispose]();
  for (
    const use of [
      () => lock.acquireSync(),
      () => lock.tryAcquire(),
      () => lock.release(),
      () => lock.locked,
      () => lock.owner,
    ]
  ) assertThrows(use, ClosedError, "disposed of");
  await assertRejects(() => lock.acquire(), ClosedError, "Cannot acquire the rlock");
});
