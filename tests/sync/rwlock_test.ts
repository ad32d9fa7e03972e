import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { currentProcess, LockError, Process, RWLock, TimeoutError } from "../../mod.ts";
import { Board } from "../fixtures/sync/board.ts";
import { COUNT, DONE, READY, STOP, TOLD, TURNS } from "../fixtures/sync/locks.ts";
import * as rwlocks from "../fixtures/sync/rwlocks.ts";
import { test, until } from "../support/harness.ts";

const kinds = ["sync", "async"] as const;

function start<A extends unknown[], R>(target: (...args: A) => R, ...args: A) {
  return new Process(target, { args }).start();
}

test("RWLock lets many read or one write, in all processes", async () => {
  const lock = new RWLock();
  using board = new Board();
  const processes = [...kinds, "sync" as const].map((kind) =>
    start(rwlocks.use, lock, board.at, 600, kind)
  );
  await rwlocks.use(lock, board.at, 600, "async");
  for (const process of processes) await process.result;
  for (const process of processes) await process.join();
  assertEquals([board.load(COUNT), board.load(rwlocks.BESIDE)], [800, 0]);
  assertEquals([lock.locked, lock.readers, lock.owner], [false, 0, undefined]);
});

test("RWLock says who holds it, and polls", async () => {
  const lock = new RWLock();
  using board = new Board();
  const reader = start(rwlocks.keep, lock, board.at, "read");
  await until(() => lock.readers === 1, "the child reads");
  const mine = lock.acquireReadSync();
  assertEquals([lock.locked, lock.readers, lock.owner], [true, 2, undefined]);
  mine.release();
  mine.release();
  assertEquals([lock.locked, lock.readers], [true, 1]);
  assertEquals(lock.tryAcquireWrite(), undefined);
  assertThrows(() => lock.acquireWriteSync({ timeout: 0 }), TimeoutError, "the rwlock");
  await assertRejects(() => lock.acquireWrite({ timeout: 20 }), TimeoutError, "within 20 ms");
  // Who gave up is in nobody's way.
  const again = lock.tryAcquireRead();
  assert(again !== undefined);
  again.release();
  reader.kill();
  await reader.join();
  const held = await lock.acquireWrite();
  assertEquals([lock.locked, lock.readers, lock.owner], [true, 0, currentProcess().pid]);
  assertEquals([lock.tryAcquireRead(), lock.tryAcquireWrite()], [undefined, undefined]);
  await assertRejects(() => lock.acquireRead({ timeout: 0 }), TimeoutError, "within 0 ms");
  await assertRejects(() => lock.acquireRead({ timeout: 150 }), TimeoutError, "within 150 ms");
  await assertRejects(() => lock.acquireWrite({ timeout: 20 }), TimeoutError, "within 20 ms");
  held.release();
  held.release();
  lock.acquireWriteSync({ timeout: 0 }).release();
  lock.acquireReadSync({ timeout: 0 }).release();
  (await lock.acquireRead({ timeout: 0 })).release();
  (await lock.acquireWrite({ timeout: 0 })).release();
});

test("RWLock: no reader begins while a writer waits, but one that reads may read again", async () => {
  const lock = new RWLock();
  using board = new Board();
  const reader = lock.acquireReadSync();
  const writer = start(rwlocks.follow, lock, board.at, "write", "sync");
  await until(() => board.load(READY) === 1, "the writer has come");
  const follower = start(rwlocks.follow, lock, board.at, "read", "async");
  await until(() => board.load(READY) === 2, "a reader has come after it");
  // This one does not wait for itself.
  for (let i = 0; i < 20; i++) {
    lock.acquireReadSync().release();
    (await lock.acquireRead({ within: reader })).release();
  }
  (await lock.acquireRead()).release();
  assertEquals(board.load(DONE), 0);
  reader.release();
  await writer.join();
  await follower.join();
  assertEquals([board.load(DONE), lock.locked], [2, false]);
});

test("RWLock: reads of one process that overlap without an end let a writer in", async () => {
  const lock = new RWLock();
  using board = new Board();
  let readers = 0, gaps = 0;
  const read = async () => {
    while (board.load(DONE) === 0) {
      using _held = await lock.acquireRead();
      readers++;
      await new Promise((resolve) => setTimeout(resolve, 20 + 10 * (readers % 3)));
      // None but the last one of all leaves the lock to nobody.
      if (--readers === 0) gaps++;
    }
  };
  const reads = Array.from({ length: 4 }, async (_, i) => {
    await until(() => readers >= i, "the others read");
    await read();
  });
  await until(() => readers === 4, "all of them read");
  const writer = start(rwlocks.follow, lock, board.at, "write", "sync");
  await writer.join();
  await Promise.all(reads);
  assertEquals([board.load(DONE), lock.locked], [1, false]);
  // The writer came in between them.
  assert(gaps > 0);
});

test("RWLock: a read says what it is within, which must be a read of the same lock", async () => {
  const [lock, other] = [new RWLock(), new RWLock()];
  const outer = await lock.acquireRead();
  const elsewhere = await other.acquireRead();
  (await lock.acquireRead({ within: outer })).release();
  outer.release();
  for (const within of [outer, elsewhere]) {
    await assertRejects(() => lock.acquireRead({ within }), LockError, "for reading");
  }
  elsewhere.release();
  const writing = await lock.acquireWrite();
  await assertRejects(() => lock.acquireRead({ within: writing }), LockError, "for reading");
  writing.release();
  assertEquals([lock.locked, other.locked], [false, false]);
});

test("RWLock refuses to make a writer of a reader, and leaves it as it is", async () => {
  const lock = new RWLock();
  const held = lock.acquireReadSync();
  assertThrows(
    () => lock.acquireWriteSync(),
    LockError,
    "holds it for reading; release that first",
  );
  assertThrows(() => lock.tryAcquireWrite(), LockError, "for writing");
  await assertRejects(() => lock.acquireWrite(), LockError, "for writing");
  assertEquals([lock.readers, lock.owner], [1, undefined]);
  held.release();
  const writing = lock.acquireWriteSync();
  assertThrows(() => lock.acquireReadSync(), LockError, "holds it for writing");
  assertThrows(() => lock.acquireWriteSync(), LockError, "holds it for writing");
  writing.release();
  assertEquals(lock.locked, false);
});

test("RWLock: releasing what this process does not hold throws", async () => {
  const lock = new RWLock();
  using board = new Board();
  const child = start(rwlocks.keep, lock, board.at, "write");
  await until(() => board.load(READY) === 1, "the child writes");
  assertThrows(() => lock.releaseRead(), LockError, "for reading");
  assertThrows(() => lock.releaseWrite(), LockError, "for writing");
  assertEquals(lock.owner, child.pid);
  child.kill();
  await child.join();
  lock.acquireWriteSync();
  lock.releaseWrite();
  lock.acquireReadSync();
  lock.releaseRead();
  assertEquals(lock.locked, false);
});

test("RWLock excludes async functions of one process from each other", async () => {
  const lock = new RWLock();
  let readers = 0, writers = 0, most = 0;
  await Promise.all(Array.from({ length: 20 }, async (_, i) => {
    if (i % 4 === 3) {
      // Beside readers of this process it would be refused.
      await until(() => lock.readers === 0, "nobody reads");
      using _held = await lock.acquireWrite();
      assertEquals([readers, ++writers], [0, 1]);
      await Promise.resolve();
      writers--;
    } else {
      using _held = await lock.acquireRead();
      assertEquals(writers, 0);
      most = Math.max(most, ++readers);
      await Promise.resolve();
      readers--;
    }
  }));
  assert(most > 1);
  const order: string[] = [];
  const first = await lock.acquireWrite();
  const waits = (["write", "read", "read"] as const).map(async (mode) => {
    using _held = mode === "read" ? await lock.acquireRead() : await lock.acquireWrite();
    order.push(mode);
  });
  first.release();
  await Promise.all(waits);
  assertEquals(order, ["write", "read", "read"]);
});

test("RWLock: a thread that blocks does not wait for a writer of its own event loop", async () => {
  const lock = new RWLock();
  using board = new Board();
  const other = start(rwlocks.keep, lock, board.at, "read");
  await until(() => board.load(READY) === 1, "another process reads");
  const write = lock.acquireWrite();
  await until(() => lock.tryAcquireRead() === undefined, "the writer shows itself");
  const held = lock.acquireReadSync();
  assertThrows(() => lock.acquireWriteSync(), LockError);
  held.release();
  other.kill();
  const writing = await write;
  await other.join();
  writing.release();
  assertEquals(lock.locked, false);
});

for (const kind of kinds) {
  test(`who waits for a RWLock (${kind}) gets it from others that take it again and again`, async () => {
    const lock = new RWLock();
    using board = new Board();
    const hogs = (["read", "write"] as const).map((mode) =>
      start(rwlocks.hog, lock, board.at, mode, "sync")
    );
    await until(() => board.load(TURNS) > 100, "the others run");
    for (let i = 0; i < 5; i++) {
      if (kind === "sync") {
        lock.acquireWriteSync().release();
        lock.acquireReadSync().release();
      } else {
        (await lock.acquireWrite()).release();
        (await lock.acquireRead()).release();
      }
    }
    board.store(STOP, 1);
    for (const hog of hogs) await hog.join();
  });
}

test("a RWLock of killed readers can be written, and one of a killed writer says so", async () => {
  const lock = new RWLock();
  using board = new Board();
  const holders = [0, 1].map(() => start(rwlocks.keep, lock, board.at, "read"));
  await until(() => board.load(READY) === 2, "both read");
  const writers = kinds.map((kind) => start(rwlocks.follow, lock, board.at, "write", kind));
  await until(() => board.load(READY) === 4, "the writers have come");
  for (const holder of holders) holder.kill();
  for (const process of [...holders, ...writers]) await process.join();
  assertEquals([board.load(DONE), board.load(TOLD)], [2, 0]);

  const writer = start(rwlocks.keep, lock, board.at, "write");
  await until(() => board.load(READY) === 5, "a child writes");
  const readers = kinds.map((kind) => start(rwlocks.follow, lock, board.at, "read", kind));
  await until(() => board.load(READY) === 7, "the readers have come");
  writer.kill();
  for (const process of [writer, ...readers]) await process.join();
  assertEquals([board.load(DONE), board.load(TOLD)], [4, 2]);
  assertEquals([lock.acquireWriteSync().abandoned, lock.readers], [true, 0]);
  lock.releaseWrite();
  assertEquals(lock.acquireReadSync().abandoned, false);
  lock.releaseRead();
});

test("killed waiters for a RWLock are in nobody's way", async () => {
  const lock = new RWLock();
  using board = new Board();
  const held = lock.acquireReadSync();
  const waiters = kinds.map((kind) => start(rwlocks.follow, lock, board.at, "write", kind));
  await until(() => board.load(READY) === 2, "both have come");
  const reader = start(rwlocks.follow, lock, board.at, "read", "sync");
  await until(() => board.load(READY) === 3, "a reader has come after them");
  for (const waiter of waiters) waiter.kill();
  for (const waiter of waiters) await waiter.join();
  await reader.join();
  assertEquals([board.load(DONE), board.load(TOLD), lock.readers], [1, 0, 1]);
  held.release();
});

test("a thread that blocks for a RWLock of its killed child finds out by itself", async () => {
  for (const mode of ["read", "write"] as const) {
    const lock = new RWLock();
    using board = new Board();
    const holder = start(rwlocks.keep, lock, board.at, mode);
    await until(() => board.load(READY) === 1, "the lock is held");
    holder.kill();
    assertEquals(lock.acquireWriteSync().abandoned, mode === "write");
    lock.releaseWrite();
    await holder.join();
  }
});

test("a RWLock travels in data, and a handle that was disposed of refuses everything", async () => {
  const lock = new RWLock();
  const echo = start((value: { locks: RWLock[] }) => value, { locks: [lock, lock] });
  const { locks: [first, second] } = await echo.result;
  await echo.join();
  assertStrictEquals(first, lock);
  assertStrictEquals(second, lock);
  const held = lock.acquireReadSync();
  assertThrows(() => lock.dispose(), LockError, "this process holds it");
  held.release();
  lock.dispose();
  lock[Symbol.dispose]();
  for (
    const use of [
      () => lock.acquireReadSync(),
      () => lock.acquireWriteSync(),
      () => lock.tryAcquireRead(),
      () => lock.tryAcquireWrite(),
      () => lock.releaseRead(),
      () => lock.releaseWrite(),
      () => lock.locked,
      () => lock.owner,
    ]
  ) assertThrows(use, Error, "disposed of");
  await assertRejects(() => lock.acquireRead(), Error, "disposed of");
  await assertRejects(() => lock.acquireWrite(), Error, "disposed of");
});
