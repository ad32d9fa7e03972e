import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { delay } from "@std/async";
import { ClosedError, currentProcess, Lock, LockError, Process, TimeoutError } from "../../mod.ts";
import { Board } from "../fixtures/sync/board.ts";
import * as locks from "../fixtures/sync/locks.ts";
import { test, until } from "../support/harness.ts";

async function all(processes: { result: Promise<unknown>; join(): Promise<boolean> }[]) {
  const results = await Promise.all(processes.map((process) => process.result));
  await Promise.all(processes.map((process) => process.join()));
  return results;
}

test("Lock excludes processes that wait on their thread and on their event loop", async () => {
  const lock = new Lock();
  using board = new Board();
  const kinds: locks.Kind[] = ["sync", "async", "sync"];
  const processes = kinds.map((kind) =>
    new Process(locks.increment, { args: [lock, board.at, 2_000, kind] }).start()
  );
  for (let i = 0; i < 2_000; i++) {
    using _held = await lock.acquire();
    board.increment(locks.COUNT);
  }
  await all(processes);
  assertEquals(board.load(locks.COUNT), 8_000);
  assertEquals(lock.locked, false);
});

test("Lock excludes async functions of one process, in the order in which they came", async () => {
  const lock = new Lock();
  const order: number[] = [];
  let inside = 0;
  await Promise.all([0, 1, 2, 3].map(async (i) => {
    using _held = await lock.acquire();
    assertEquals(++inside, 1);
    await delay(1);
    order.push(i);
    inside--;
  }));
  assertEquals(order, [0, 1, 2, 3]);
});

test("Lock says whether it is held, and by which process", async () => {
  const lock = new Lock();
  assertEquals([lock.locked, lock.owner], [false, undefined]);
  const held = lock.acquireSync();
  assertEquals([lock.locked, lock.owner, held.abandoned], [
    true,
    currentProcess().pid,
    false,
  ]);
  const [seen] = await all([new Process(locks.look, { args: [lock] }).start()]);
  assertEquals(seen, { locked: true, owner: lock.owner });
  held.release();
  assertEquals([lock.locked, lock.owner], [false, undefined]);
});

test("Lock.tryAcquire() and a timeout of 0 do not wait", async () => {
  const lock = new Lock();
  const held = lock.tryAcquire();
  assert(held !== undefined);
  assertEquals(lock.tryAcquire(), undefined);
  assertThrows(() => lock.acquireSync({ timeout: 0 }), TimeoutError, "the lock");
  await assertRejects(() => lock.acquire({ timeout: 0 }), TimeoutError, "within 0 ms");
  held.release();
  lock.acquireSync({ timeout: 0 }).release();
  (await lock.acquire({ timeout: 0 })).release();
});

test("a wait for a Lock ends with its timeout, and leaves the lock as it is", async () => {
  const lock = new Lock();
  const held = lock.acquireSync();
  assertThrows(() => lock.acquireSync({ timeout: 20 }), TimeoutError, "within 20 ms");
  await assertRejects(() => lock.acquire({ timeout: 20 }), TimeoutError, "within 20 ms");
  assertThrows(() => lock.acquireSync({ timeout: -1 }), RangeError, "got -1");
  await assertRejects(() => lock.acquire({ timeout: NaN }), RangeError, "got NaN");
  held.release();
  assertEquals(lock.locked, false);
});

test("an abort ends a wait for a Lock with its reason", async () => {
  const lock = new Lock();
  const held = lock.acquireSync();
  const controller = new AbortController();
  const waits = [lock.acquire({ signal: controller.signal }), lock.acquire()];
  const reason = new Error("no more");
  controller.abort(reason);
  assertStrictEquals(await waits[0].then(() => undefined, (error) => error), reason);
  held.release();
  (await waits[1]).release();
  await assertRejects(() => lock.acquire({ signal: controller.signal }), Error, "no more");
  assertThrows(() => lock.acquireSync({ signal: controller.signal }), Error, "no more");
  assertEquals(lock.locked, false);
});

test("an abort in the instant of a hand-over neither loses a Lock nor gives it twice", async () => {
  const lock = new Lock();
  for (let i = 0; i < 200; i++) {
    let held = lock.acquireSync();
    const controller = new AbortController();
    const waits = [lock.acquire({ signal: controller.signal }), lock.acquire({ timeout: 1_000 })];
    const first = waits[0].then((held) => held, () => undefined);
    if (i % 2 === 0) {
      held.release();
      controller.abort();
    } else {
      controller.abort();
      held.release();
    }
    (await first)?.release();
    held = await waits[1];
    assertEquals(lock.tryAcquire(), undefined);
    held.release();
  }
});

test("releasing a Lock that nobody holds throws", () => {
  const lock = new Lock();
  assertThrows(() => lock.release(), LockError, "nobody holds it");
  lock.acquireSync().release();
  assertThrows(() => lock.release(), LockError, "nobody holds it");
});

test("any process may release a Lock", async () => {
  const lock = new Lock();
  const held = lock.acquireSync();
  const [error] = await all([new Process(locks.releaseAnothers, { args: [lock] }).start()]);
  assertEquals([error, lock.locked], ["", false]);
  assertThrows(() => held.release(), LockError, "another process released it");
});

test("what is held is released once, however it is released", () => {
  const lock = new Lock();
  {
    using first = lock.acquireSync();
    lock.release();
    using second = lock.acquireSync();
    first.release();
    assertEquals(lock.locked, true);
    second.release();
    second.release();
    assertEquals(lock.locked, false);
  }
  assertEquals(lock.locked, false);
});

test("a Lock travels in data, and comes back as itself", async () => {
  const lock = new Lock();
  const echo = new Process((value: { locks: Lock[] }) => value, {
    args: [{ locks: [lock, lock] }],
  });
  const [{ locks: [first, second] }] = await all([echo.start()]) as [{ locks: Lock[] }];
  assertStrictEquals(first, lock);
  assertStrictEquals(second, lock);
});

test("a handle of a Lock that was disposed of refuses everything", async () => {
  const lock = new Lock();
  const held = lock.acquireSync();
  assertThrows(() => lock.dispose(), LockError, "this process holds it");
  const wait = lock.acquire();
  held.release();
  assertThrows(() => lock.dispose(), LockError);
  (await wait).release();
  lock.dispose();
  lock[Symbol.dispose]();
  for (
    const use of [
      () => lock.acquireSync(),
      () => lock.tryAcquire(),
      () => lock.release(),
      () => lock.locked,
      () => lock.owner,
      () => new Process(locks.look, { args: [lock] }).start(),
    ]
  ) assertThrows(use, Error, "disposed of");
  await assertRejects(() => lock.acquire(), ClosedError, "Cannot acquire the lock");
});

for (const kind of ["sync", "async"] as const) {
  test(`who waits for a Lock (${kind}) gets it from one that takes it again and again`, async () => {
    const lock = new Lock();
    using board = new Board();
    const hog = new Process(locks.hog, { args: [lock, board.at, "sync"] }).start();
    await until(() => board.load(locks.TURNS) > 100, "the other process runs");
    for (let i = 0; i < 20; i++) {
      const held = kind === "sync" ? lock.acquireSync() : await lock.acquire();
      held.release();
    }
    board.store(locks.STOP, 1);
    await all([hog]);
  });
}
