import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { Barrier, BrokenBarrierError, LockError, Process, TimeoutError } from "../../mod.ts";
import * as barriers from "../fixtures/sync/barriers.ts";
import { Board } from "../fixtures/sync/board.ts";
import { DONE, READY } from "../fixtures/sync/locks.ts";
import { test, until } from "../support/harness.ts";

const kinds = ["sync", "async"] as const;

function start<A extends unknown[], R>(target: (...args: A) => R, ...args: A) {
  return new Process(target, { args }).start();
}

async function results<R>(processes: { result: Promise<R>; join(): Promise<boolean> }[]) {
  const all = await Promise.all(processes.map((process) => process.result));
  for (const process of processes) await process.join();
  return all;
}

test("Barrier keeps processes together over thousands of rounds", async () => {
  const rounds = 2_000;
  const barrier = new Barrier(3);
  using board = new Board();
  const processes = (["sync", "async"] as const).map((kind) =>
    start(barriers.pass, barrier, board.at, rounds, kind)
  );
  const mine = await barriers.pass(barrier, board.at, rounds, "async");
  const theirs = await results(processes);
  assertEquals(theirs.reduce((sum, x) => sum + x, mine), rounds * (0 + 1 + 2));
  assertEquals([board.load(barriers.APART), barrier.waiting, barrier.broken], [0, 0, false]);
});

test("Barrier lets async functions of one process pass together, each with its index", async () => {
  const barrier = new Barrier(3);
  for (let round = 0; round < 50; round++) {
    const waits = [barrier.wait(), barrier.wait()];
    assertEquals([barrier.waiting, barrier.parties], [2, 3]);
    assertEquals(await Promise.all([...waits, barrier.wait()]), [0, 1, 2]);
  }
  assertEquals(new Barrier(1).waitSync(), 0);
});

test("a timeout breaks a Barrier for everybody until it is reset", async () => {
  const barrier = new Barrier(3);
  using board = new Board();
  const children = kinds.map((kind) => start(barriers.passOnce, barrier, board.at, kind));
  await until(() => barrier.waiting === 2, "both wait");
  const broken = new Barrier(2);
  await assertRejects(() => broken.wait({ timeout: 20 }), TimeoutError, "within 20 ms");
  assertThrows(() => broken.waitSync(), BrokenBarrierError, "it is broken");
  await assertRejects(() => broken.wait(), BrokenBarrierError, "it is broken");
  assertThrows(() => broken.tryWait(), BrokenBarrierError, "it is broken");
  assertEquals([broken.broken, broken.waiting], [true, 0]);
  broken.reset();
  assertThrows(() => broken.waitSync({ timeout: 20 }), TimeoutError, "within 20 ms");
  barrier.abort();
  assertEquals(await results(children), ["BrokenBarrierError", "BrokenBarrierError"]);
  for (const one of [barrier, broken]) {
    one.reset();
    assertEquals([one.broken, one.waiting], [false, 0]);
  }
  assertEquals(await Promise.all([broken.wait(), broken.wait()]), [0, 1]);
});

test("Barrier.tryWait() and a timeout of 0 come only as the last, and break nothing", async () => {
  const barrier = new Barrier(2);
  assertEquals(barrier.tryWait(), undefined);
  assertThrows(() => barrier.waitSync({ timeout: 0 }), TimeoutError, "within 0 ms");
  await assertRejects(() => barrier.wait({ timeout: 0 }), TimeoutError, "within 0 ms");
  assertEquals([barrier.waiting, barrier.broken], [0, false]);
  for (const come of [() => barrier.tryWait(), () => barrier.waitSync({ timeout: 0 })]) {
    const wait = barrier.wait();
    assertEquals(come(), 1);
    assertEquals(await wait, 0);
  }
});

test("Barrier: an abort breaks it, and its own timeout counts where a wait says none", async () => {
  const barrier = new Barrier(2, { timeout: 20 });
  assertThrows(() => barrier.waitSync(), TimeoutError, "within 20 ms");
  barrier.reset();
  await assertRejects(() => barrier.wait(), TimeoutError, "within 20 ms");
  barrier.reset();
  const controller = new AbortController();
  const reason = new Error("no more");
  const waits = [
    barrier.wait({ signal: controller.signal, timeout: 10_000 }).catch((error) => error),
  ];
  controller.abort(reason);
  assertStrictEquals(await waits[0], reason);
  assertEquals(barrier.broken, true);
  await assertRejects(() => barrier.wait({ signal: controller.signal }), Error, "no more");
});

test("Barrier.reset() tells those who wait, and the next round is a new one", async () => {
  const barrier = new Barrier(3);
  for (let i = 0; i < 100; i++) {
    const waits = [barrier.wait(), barrier.wait()].map((wait) => wait.catch((error) => error.name));
    barrier.reset();
    const others = [barrier.wait(), barrier.wait(), barrier.wait()];
    assertEquals(await Promise.all(waits), ["BrokenBarrierError", "BrokenBarrierError"]);
    assertEquals(await Promise.all(others), [0, 1, 2]);
  }
});

test("Barrier: a round that was passed stays passed, though it is reset at once", async () => {
  const barrier = new Barrier(2);
  for (let i = 0; i < 100; i++) {
    const waits = [barrier.wait(), barrier.wait()];
    const late = barrier.wait().catch((error) => error.name);
    barrier.reset();
    assertEquals(await Promise.all([...waits, late]), [0, 1, "BrokenBarrierError"]);
  }
});

test("Barrier runs its action once a round, in the last party, before anybody passes", async () => {
  let ran = 0;
  const barrier = new Barrier(2, { action: () => void ran++ });
  for (let round = 1; round <= 20; round++) {
    const first = barrier.wait().then((index) => [index, ran]);
    const second = round % 2 === 0 ? barrier.waitSync() : await barrier.wait();
    assertEquals([await first, second, ran], [[0, round], 1, round]);
  }
  const slow = new Barrier(2, {
    action: async () => {
      await until(() => early !== undefined, "another has come too early");
      ran = 100;
    },
  });
  const waits = [slow.wait(), slow.wait()];
  let early: Promise<number> | undefined = undefined;
  early = slow.wait();
  assertThrows(() => slow.waitSync({ timeout: 0 }), TimeoutError);
  assertEquals(await Promise.all(waits), [0, 1]);
  assertEquals([ran, slow.waiting], [100, 1]);
  slow.abort();
  await assertRejects(() => early!, BrokenBarrierError);
});

test("an action that fails breaks the Barrier, and its party gets the reason", async () => {
  const barrier = new Barrier(2, { action: () => Promise.reject(new RangeError("too far")) });
  const first = barrier.wait().catch((error) => error.name);
  await assertRejects(() => barrier.wait(), RangeError, "too far");
  assertEquals([await first, barrier.broken], ["BrokenBarrierError", true]);
  barrier.reset();
  const second = barrier.wait().catch((error) => error.name);
  assertThrows(() => barrier.waitSync(), TypeError, "returns a promise");
  assertEquals(await second, "BrokenBarrierError");
});

test("an action runs in whatever process comes last", async () => {
  const rounds = 50;
  const barrier = new Barrier(2, { action: barriers.count });
  const counts = await results(
    kinds.map((kind) => start(barriers.passAndCount, barrier, rounds, kind)),
  );
  assertEquals(counts.reduce((sum, count) => sum + count, 0), rounds);
});

for (const kind of kinds) {
  test(`a party that is killed, waiting (${kind}) or not, breaks the Barrier for everybody`, async () => {
    for (const doomed of [barriers.passOnce, barriers.stayAway]) {
      const barrier = new Barrier(4);
      using board = new Board();
      const victim = start<[Barrier, number, typeof kind], unknown>(
        doomed,
        barrier,
        board.at,
        kind,
      );
      const others = kinds.map((kind) => start(barriers.passOnce, barrier, board.at, kind));
      await until(() => board.load(READY) === 3, "all are there");
      await until(() => barrier.waiting >= 2, "the others wait");
      victim.kill();
      assertEquals(await results(others), ["BrokenBarrierError", "BrokenBarrierError"]);
      await victim.join();
      assertEquals([barrier.broken, board.load(DONE)], [true, 2]);
      assertThrows(() => barrier.waitSync(), BrokenBarrierError);
    }
  });
}

test("a process that has ended in order is not missed at a Barrier", async () => {
  const barrier = new Barrier(2);
  const wait = barrier.wait();
  const guest = start(barriers.goAway, barrier);
  await guest.join();
  assertEquals([barrier.broken, barrier.waitSync(), await wait], [false, 1, 0]);
});

test("a thread that blocks at a Barrier finds out by itself that a party was killed", async () => {
  const barrier = new Barrier(2);
  using board = new Board();
  const child = start(barriers.stayAway, barrier, board.at);
  await until(() => board.load(READY) === 1, "it has the barrier");
  child.kill();
  assertThrows(() => barrier.waitSync(), BrokenBarrierError);
  await child.join();
});

test("a Barrier of nobody is refused, and a disposed one refuses", async () => {
  for (const parties of [0, -1, 1.5, NaN, 5_000]) {
    assertThrows(() => new Barrier(parties), RangeError, `got ${parties}`);
  }
  assertThrows(() => new Barrier(2, { timeout: -1 }), RangeError, "got -1");
  assertThrows(() => new Barrier(2, { action: 1 as never }), TypeError, "got number");
  const barrier = new Barrier(2);
  const wait = barrier.wait();
  assertThrows(() => barrier.dispose(), LockError, "1 waits");
  barrier.tryWait();
  await wait;
  barrier.dispose();
  barrier[Symbol.dispose]();
  assertThrows(() => barrier.waitSync(), Error, "disposed of");
  assertThrows(() => barrier.parties, Error, "disposed of");
  await assertRejects(() => barrier.wait(), Error, "disposed of");
});
