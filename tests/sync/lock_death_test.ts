import { assertEquals } from "@std/assert";
import { Lock, Process, RLock } from "../../mod.ts";
import { Board } from "../fixtures/sync/board.ts";
import * as locks from "../fixtures/sync/locks.ts";
import { test, until } from "../support/harness.ts";

const primitives = { Lock: () => new Lock(), RLock: () => new RLock() };
const kinds = ["sync", "async"] as const;

function start<A extends unknown[]>(target: (...args: A) => unknown, ...args: A) {
  return new Process(target, { args }).start();
}

for (const [name, make] of Object.entries(primitives)) {
  for (const count of [1, 2, 8]) {
    test(`${count} that wait for the ${name} of a process that is killed all get it, and one is told`, async () => {
      const lock = make();
      using board = new Board();
      const holder = start(locks.keep, lock, board.at);
      await until(() => board.load(locks.READY) === 1, "the lock is held");
      const followers = Array.from(
        { length: count },
        (_, i) => start(locks.follow, lock, board.at, kinds[i % 2]),
      );
      await until(() => board.load(locks.READY) === 1 + count, "the others have come");
      holder.kill();
      for (const follower of followers) await follower.join();
      await holder.join();
      assertEquals([board.load(locks.DONE), board.load(locks.TOLD)], [count, 1]);
      assertEquals(lock.acquireSync({ timeout: 0 }).abandoned, false);
      lock.release();
    });
  }

  test(`a thread that blocks on the ${name} of its killed child finds out by itself`, async () => {
    const lock = make();
    using board = new Board();
    const holder = start(locks.keepBusy, lock, board.at);
    await until(() => board.load(locks.READY) === 1, "the lock is held");
    holder.kill();
    // From here on no exit event can be heard in this process.
    const held = lock.acquireSync();
    assertEquals(held.abandoned, true);
    held.release();
    assertEquals(held.abandoned, true);
    await holder.join();
  });

  test(`the ${name} of a process that ended without releasing it passes on as abandoned`, async () => {
    const lock = make();
    const child = start(locks.acquireAndEnd, lock);
    await child.join();
    assertEquals(lock.locked, false);
    const held = lock.tryAcquire();
    assertEquals(held?.abandoned, true);
    lock.release();
    assertEquals(lock.acquireSync().abandoned, false);
    lock.release();
  });

  for (const kind of kinds) {
    test(`a killed waiter (${kind}) for a ${name} is in nobody's way`, async () => {
      const lock = make();
      using board = new Board();
      const held = lock.acquireSync();
      const waiters = [kind, kind].map((kind) => start(locks.follow, lock, board.at, kind));
      await until(() => board.load(locks.READY) === 2, "both have come");
      waiters[0].kill();
      await waiters[0].join();
      held.release();
      await waiters[1].join();
      assertEquals([board.load(locks.DONE), board.load(locks.TOLD)], [1, 0]);
      (await lock.acquire()).release();
    });
  }
}

test("a poll sees that the holder of a Lock has died, though this process did not start it", async () => {
  const lock = new Lock();
  using board = new Board();
  const family = start(locks.keepInGrandchild, lock, board.at);
  await until(() => board.load(locks.READY) === 1, "the lock is held");
  await family.join();
  const held = await until(() => lock.tryAcquire(), "the lock is there");
  assertEquals(held?.abandoned, true);
  held?.release();
});
