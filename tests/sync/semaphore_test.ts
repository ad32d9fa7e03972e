import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  BoundedSemaphore,
  currentProcess,
  LockError,
  Process,
  Semaphore,
  TimeoutError,
} from "../../mod.ts";
import { Board } from "../fixtures/sync/board.ts";
import { COUNT, DONE, READY, TOLD } from "../fixtures/sync/locks.ts";
import * as semaphores from "../fixtures/sync/semaphores.ts";
import { test, until } from "../support/harness.ts";

const kinds = ["sync", "async"] as const;

function start<A extends unknown[], R>(target: (...args: A) => R, ...args: A) {
  return new Process(target, { args }).start();
}

test("Semaphore lets no more in than it has permits, in all processes", async () => {
  const semaphore = new Semaphore(2);
  using board = new Board();
  const processes = [...kinds, ...kinds].map((kind) =>
    start(semaphores.visit, semaphore, board.at, 500, kind)
  );
  for (const process of processes) await process.result;
  for (const process of processes) await process.join();
  assertEquals([board.load(COUNT), board.load(DONE)], [0, 2_000]);
  assert(board.load(semaphores.MOST) <= 2);
  assertEquals([semaphore.value, semaphore.owners], [2, []]);
});

for (const make of [() => new Semaphore(3), () => new BoundedSemaphore(3)]) {
  const { name } = make().constructor;

  test(`${name} counts its permits, says who has some, and polls`, async () => {
    const semaphore = make();
    assertEquals([semaphore.value, semaphore.locked, semaphore.owners], [3, false, []]);
    const first = semaphore.acquireSync();
    const second = await semaphore.acquire();
    const third = semaphore.tryAcquire();
    assert(third !== undefined);
    assertEquals([semaphore.value, semaphore.locked], [0, true]);
    assertEquals(semaphore.owners, [currentProcess().pid]);
    assertEquals(semaphore.tryAcquire(), undefined);
    assertThrows(() => semaphore.acquireSync({ timeout: 0 }), TimeoutError, "the semaphore");
    await assertRejects(() => semaphore.acquire({ timeout: 0 }), TimeoutError, "within 0 ms");
    assertThrows(() => semaphore.acquireSync({ timeout: 20 }), TimeoutError, "within 20 ms");
    await assertRejects(() => semaphore.acquire({ timeout: 20 }), TimeoutError, "within 20 ms");
    assertEquals([first, second, third].map(({ abandoned }) => abandoned), [false, false, false]);
    for (const held of [first, second, third]) held.release();
    first.release();
    assertEquals(semaphore.value, 3);
    semaphore.acquireSync({ timeout: 0 }).release();
    (await semaphore.acquire({ timeout: 0 })).release();
  });

  test(`${name}: permits of a killed process come back, and who gets one is told`, async () => {
    const semaphore = make();
    using board = new Board();
    const holder = start(semaphores.keepPermits, semaphore, board.at, 3);
    await until(() => board.load(READY) === 1, "the permits are taken");
    const followers = [...kinds, ...kinds].map((kind) =>
      start(semaphores.follow, semaphore, board.at, kind)
    );
    await until(() => board.load(READY) === 5, "the others have come");
    assertEquals(semaphore.owners, [holder.pid]);
    holder.kill();
    for (const follower of followers) await follower.join();
    await holder.join();
    assertEquals([board.load(DONE), board.load(TOLD), semaphore.value], [4, 3, 3]);
  });

  test(`${name} travels in data, and comes back as itself`, async () => {
    const semaphore = make();
    const echo = start((value: { semaphores: Semaphore[] }) => value, {
      semaphores: [semaphore, semaphore],
    });
    const { semaphores: [first, second] } = await echo.result;
    await echo.join();
    assertStrictEquals(first, semaphore);
    assertStrictEquals(second, semaphore);
    assert(first.constructor === semaphore.constructor);
  });
}

test("a thread that blocks for a permit of its killed child finds out by itself", async () => {
  const semaphore = new Semaphore(1);
  using board = new Board();
  const holder = start(semaphores.keepPermits, semaphore, board.at, 1);
  await until(() => board.load(READY) === 1, "the permit is taken");
  holder.kill();
  // From here on no exit event can be heard in this process.
  const held = semaphore.acquireSync();
  assertEquals(held.abandoned, true);
  held.release();
  await holder.join();
  assertEquals(semaphore.acquireSync().abandoned, false);
  semaphore.release();
});

for (const kind of kinds) {
  test(`a killed waiter (${kind}) for a Semaphore is in nobody's way`, async () => {
    const semaphore = new Semaphore(1);
    using board = new Board();
    const held = semaphore.acquireSync();
    const waiters = [kind, kind].map((kind) => start(semaphores.follow, semaphore, board.at, kind));
    await until(() => board.load(READY) === 2, "both have come");
    waiters[0].kill();
    await waiters[0].join();
    held.release();
    await waiters[1].join();
    assertEquals([board.load(DONE), board.load(TOLD), semaphore.value], [1, 0, 1]);
  });
}

test("any process may release a permit that another has", async () => {
  const semaphore = new BoundedSemaphore(1);
  const held = semaphore.acquireSync();
  const child = start(semaphores.releaseAnothers, semaphore);
  assertEquals([await child.result, semaphore.value], ["", 1]);
  await child.join();
  assertThrows(() => held.release(), LockError, "another process released it");
  assertEquals(semaphore.value, 1);
});

test("a Semaphore counts what is there, for others that never release", async () => {
  const signals = new Semaphore(0);
  using board = new Board();
  const taker = start(semaphores.takeSignals, signals, board.at, 200);
  for (let i = 0; i < 100; i++) signals.release();
  signals.release(100);
  await taker.result;
  await taker.join();
  assertEquals(board.load(DONE), 200);
});

test("releasing more than is held throws in a BoundedSemaphore, and makes permits in a Semaphore", () => {
  const bounded = new BoundedSemaphore(2);
  assertThrows(() => bounded.release(), LockError, "it is bounded");
  bounded.acquireSync();
  assertThrows(() => bounded.release(2), LockError, "fewer are held");
  bounded.release();
  assertEquals(bounded.value, 2);
  const semaphore = new Semaphore(0);
  semaphore.release(3);
  assertEquals(semaphore.value, 3);
  assertThrows(() => semaphore.release(2 ** 30), LockError, "2^30");
  assertThrows(() => semaphore.release(0), RangeError, "got 0");
  assertThrows(() => semaphore.release(1.5), RangeError, "got 1.5");
  for (const value of [-1, 0.5, NaN, 2 ** 30 + 1]) {
    assertThrows(() => new Semaphore(value), RangeError, `got ${value}`);
  }
});

test("a permit that was given back by release() is not given back again", () => {
  const semaphore = new Semaphore(2);
  {
    using first = semaphore.acquireSync();
    semaphore.release();
    const second = semaphore.acquireSync();
    first.release();
    assertEquals(semaphore.value, 1);
    second.release();
  }
  assertEquals(semaphore.value, 2);
});

test("async functions of one process get permits in the order in which they came", async () => {
  const semaphore = new Semaphore(0);
  const order: number[] = [];
  const waits = [0, 1, 2, 3].map(async (i) => {
    await semaphore.acquire();
    order.push(i);
  });
  semaphore.release(2);
  await waits[1];
  semaphore.release();
  semaphore.release();
  await Promise.all(waits);
  assertEquals(order, [0, 1, 2, 3]);
});

test("an abort in the instant of a hand-over neither loses a permit nor gives it twice", async () => {
  const semaphore = new BoundedSemaphore(1);
  for (let i = 0; i < 200; i++) {
    const held = semaphore.acquireSync();
    const controller = new AbortController();
    const waits = [semaphore.acquire({ signal: controller.signal }), semaphore.acquire()];
    const first = waits[0].then((held) => held, () => undefined);
    if (i % 2 === 0) {
      held.release();
      controller.abort();
    } else {
      controller.abort();
      held.release();
    }
    (await first)?.release();
    (await waits[1]).release();
    assertEquals(semaphore.value, 1);
  }
});

test("a handle of a Semaphore that was disposed of refuses everything", async () => {
  const semaphore = new Semaphore(1);
  const held = semaphore.acquireSync();
  const wait = semaphore.acquire();
  assertThrows(() => semaphore.dispose(), LockError, "1 waits");
  held.release();
  (await wait).release();
  semaphore.dispose();
  semaphore[Symbol.dispose]();
  for (
    const use of [
      () => semaphore.acquireSync(),
      () => semaphore.tryAcquire(),
      () => semaphore.release(),
      () => semaphore.value,
      () => semaphore.owners,
    ]
  ) assertThrows(use, Error, "disposed of");
  await assertRejects(() => semaphore.acquire(), Error, "disposed of");
});
