import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  ClosedError,
  Condition,
  currentProcess,
  Lock,
  LockError,
  Process,
  RLock,
  TimeoutError,
} from "../../mod.ts";
import { Board } from "../fixtures/sync/board.ts";
import * as conditions from "../fixtures/sync/conditions.ts";
import { COUNT, DONE, keep, READY, STOP } from "../fixtures/sync/locks.ts";
import { test, until } from "../support/harness.ts";

const kinds = ["sync", "async"] as const;
const locks = { Lock: () => new Lock(), RLock: () => new RLock() };

function start<A extends unknown[], R>(target: (...args: A) => R, ...args: A) {
  return new Process(target, { args }).start();
}

for (const [name, make] of Object.entries(locks)) {
  test(`Condition over ${name}: notify(n) wakes n waits in other processes, and no more`, async () => {
    const condition = new Condition(make());
    using board = new Board();
    const processes = [...kinds, ...kinds].map((kind) =>
      start(conditions.waitOnce, condition, board.at, kind)
    );
    await until(() => {
      using _held = condition.acquireSync();
      return board.load(READY) === 4;
    }, "all wait");
    const done = () => {
      using _held = condition.acquireSync();
      return board.load(DONE);
    };
    for (const [count, expected] of [[1, 1], [2, 3]]) {
      {
        using _held = condition.acquireSync();
        condition.notify(count);
      }
      await until(() => done() === expected, `${expected} are through`);
    }
    // Nobody else comes, however often the lock is free.
    for (let i = 0; i < 20; i++) assertEquals(done(), 3);
    {
      using _held = await condition.acquire();
      condition.notifyAll();
    }
    for (const process of processes) await process.join();
    assertEquals(board.load(DONE), 4);
  });

  test(`Condition over ${name}: everything that is produced is consumed once`, async () => {
    const condition = new Condition(make());
    using board = new Board();
    const consumers = [...kinds, ...kinds].map((kind) =>
      start(conditions.consume, condition, board.at, kind)
    );
    const producers = [0, 1].map(() => start(conditions.produce, condition, board.at, 200));
    for (const producer of producers) await producer.join();
    {
      using _held = condition.acquireSync();
      board.store(STOP, 1);
      condition.notifyAll();
    }
    const had = await Promise.all(consumers.map((consumer) => consumer.result));
    assertEquals(had.reduce((sum, count) => sum + count, 0), 400);
    assertEquals(board.load(COUNT), 0);
    for (const consumer of consumers) await consumer.join();
  });

  test(`Condition over ${name}: a wait holds the lock again when it returns or throws`, async () => {
    const lock = make();
    const condition = new Condition(lock);
    {
      using _held = lock.acquireSync();
      assertThrows(() => condition.waitSync({ timeout: 10 }), TimeoutError, "the condition");
      assertEquals(lock.locked, true);
      await assertRejects(() => condition.wait({ timeout: 10 }), TimeoutError, "within 10 ms");
      assertEquals(lock.locked, true);
      const controller = new AbortController();
      const wait = condition.wait({ signal: controller.signal });
      assertEquals(lock.locked, false);
      controller.abort(new Error("no more"));
      await assertRejects(() => wait, Error, "no more");
      assertEquals(lock.locked, true);
      await assertRejects(() => condition.wait({ signal: controller.signal }), Error, "no more");
      assertThrows(() => condition.waitForSync(() => false, { timeout: 10 }), TimeoutError);
      await assertRejects(() => condition.waitFor(() => 0, { timeout: 10 }), TimeoutError);
      assertEquals(condition.waitForSync(() => "there"), "there");
      assertEquals(await condition.waitFor(() => Promise.resolve([1])), [1]);
      assertThrows(() => condition.waitForSync(() => JSON.parse("{")), SyntaxError);
      assertEquals(lock.locked, true);
    }
    assertEquals(lock.locked, false);
  });
}

test("Condition over Lock: async functions of one process wait and notify", async () => {
  const condition = new Condition(new Lock());
  const order: number[] = [];
  const waits = [0, 1, 2].map(async (i) => {
    using _held = await condition.acquire();
    await condition.wait();
    order.push(i);
  });
  await until(() => !condition.lock.locked, "all wait");
  for (let i = 1; i <= 3; i++) {
    {
      using _held = await condition.acquire();
      condition.notify();
    }
    await until(() => order.length === i, "one is through");
  }
  await Promise.all(waits);
  assertEquals(order, [0, 1, 2]);
});

test("Condition over RLock gives back and restores all levels", async () => {
  const condition = new Condition();
  const lock = condition.lock;
  const outer = lock.acquireSync();
  const inner = lock.acquireSync();
  const wait = condition.wait();
  assertEquals(lock.locked, false);
  {
    using _held = lock.acquireSync();
    condition.notify();
  }
  assertEquals(await wait, true);
  inner.release();
  assertEquals(lock.locked, true);
  outer.release();
  assertEquals(lock.locked, false);
});

test("a Condition is not waited for or notified without its lock", async () => {
  for (const make of Object.values(locks)) {
    const condition = new Condition(make());
    const uses = [
      () => condition.waitSync(),
      () => condition.waitForSync(() => true),
      () => condition.notify(),
      () => condition.notifyAll(),
    ];
    for (const use of uses) assertThrows(use, LockError, "does not hold its lock");
    await assertRejects(() => condition.wait(), LockError, "Cannot wait for the condition");
    await assertRejects(() => condition.waitFor(() => true), LockError);
    const held = condition.acquireSync();
    const child = start(conditions.notifyWithoutLock, condition);
    assertEquals(await child.result, "LockError");
    await child.join();
    for (const count of [-1, 0.5, NaN]) assertThrows(() => condition.notify(count), RangeError);
    condition.notify(0);
    condition.notify(3);
    held.release();
  }
});

for (const [name, make] of Object.entries(locks)) {
  test(`Condition over ${name}: locked and owner say what they say of its lock`, async () => {
    const condition = new Condition(make());
    const seen = () => [condition.locked, condition.owner];
    assertEquals(seen(), [false, undefined]);
    {
      using _held = condition.lock.acquireSync();
      assertEquals(seen(), [true, currentProcess().pid]);
      const there = start((condition: Condition) => [condition.locked, condition.owner], condition);
      assertEquals(await there.result, [true, currentProcess().pid]);
      await there.join();
      // Who waits has given the lock up.
      const wait = condition.wait();
      assertEquals(seen(), [false, undefined]);
      const again = condition.acquireSync();
      condition.notify();
      again.release();
      await wait;
      assertEquals(seen(), [true, currentProcess().pid]);
    }
    assertEquals(seen(), [false, undefined]);
  });
}

test("a Condition brings its lock along, and several can share one", async () => {
  const lock = new Lock();
  const [first, second] = [new Condition(lock), new Condition(lock)];
  const echo = start((...values: unknown[]) => values, first, second, lock);
  const values = await echo.result;
  await echo.join();
  assertStrictEquals(values[0], first);
  assertStrictEquals(values[2], lock);
  const alone = start((condition: Condition) => condition.lock.locked, second);
  assertEquals(await alone.result, false);
  await alone.join();
  assertThrows(() => new Condition({} as Lock), TypeError, "lock must be");
});

for (const kind of kinds) {
  test(`a notification that a killed waiter (${kind}) had goes to another`, async () => {
    const condition = new Condition();
    using board = new Board();
    const processes = [kind, kind, kind].map((kind) =>
      start(conditions.waitOnce, condition, board.at, kind)
    );
    await until(() => {
      using _held = condition.acquireSync();
      return board.load(READY) === 3;
    }, "all wait");
    {
      using _held = condition.acquireSync();
      condition.notify(2);
      // Two of them are notified, and cannot have the lock. Whichever these are: two die.
      processes[0].kill();
      processes[1].kill();
      await Promise.all([processes[0].join(), processes[1].join()]);
    }
    await processes[2].join();
    assertEquals(board.load(DONE), 1);
  });
}

test("who waits for a Condition looks again when a holder of its lock has died", async () => {
  const condition = new Condition();
  using board = new Board();
  const waiter = start(conditions.waitOnce, condition, board.at, "sync");
  await until(() => {
    using _held = condition.acquireSync();
    return board.load(READY) === 1;
  }, "it waits");
  const holder = start(keep, condition.lock, board.at);
  await until(() => board.load(READY) === 2, "the lock is held");
  holder.kill();
  await waiter.join();
  assertEquals(board.load(DONE), 1);
  await holder.join();
});

test("a handle of a Condition that was disposed of refuses everything", async () => {
  const condition = new Condition();
  const held = condition.acquireSync();
  const wait = condition.wait({ timeout: 30 });
  assertThrows(() => condition.dispose(), LockError, "1 waits");
  await assertRejects(() => wait, TimeoutError);
  condition.dispose();
  condition[Symbol.dispose]();
  for (const use of [() => condition.notify(), () => condition.waitSync()]) {
    assertThrows(use, ClosedError, "disposed of");
  }
  held.release();
});
