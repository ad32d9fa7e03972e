import { assertEquals, assertLess } from "@std/assert";
import { Ground, platform } from "../fixtures/conformance/ground.ts";
import { test, until } from "../support/harness.ts";
import { readProc } from "../support/proc.ts";
import { start, succeed } from "./children.ts";

const at = { word: 0, ready: 16, returned: 32 };

/** Whether the main thread of a process sleeps. */
function sleeps(pid: number): boolean {
  return /^State:\s+S/m.test(readProc(pid, "status"));
}

async function startSleepers(ground: Ground, count: number) {
  const children = Array.from(
    { length: count },
    () => start("sleeper_child.ts", { ground: ground.ticket, at }),
  );
  await until(() => ground.words.load(at.ready) === count, "all are about to sleep");
  for (const { pid } of children) await until(() => sleeps(pid), "a child sleeps");
  return children;
}

test("wait() returns at once if the word is not what was expected", () => {
  using ground = Ground.create(platform.pageSize);
  ground.words.store(at.word, -5);
  for (const expected of [0, 5, -4, 2 ** 31 - 1, -(2 ** 31)]) {
    platform.wait(ground.addressOf(at.word), expected, Infinity);
  }
});

test("wait() compares words of any sign", () => {
  using ground = Ground.create(platform.pageSize);
  for (const value of [-1, -(2 ** 31), 2 ** 31 - 1]) {
    ground.words.store(at.word, value);
    const start = performance.now();
    // One that sleeps for a millisecond each; one that finds another value would spin.
    let returns = 0;
    for (; performance.now() - start < 20; returns++) {
      platform.wait(ground.addressOf(at.word), value, 1);
    }
    assertLess(returns, 200);
  }
});

test("wait() returns after its timeout, and not much too often before", () => {
  using ground = Ground.create(platform.pageSize);
  for (const timeout of [0.25, 5, 20.75]) {
    const start = performance.now();
    let returns = 0;
    for (let left = timeout; left > 0; left = timeout - (performance.now() - start)) {
      platform.wait(ground.addressOf(at.word), 0, left);
      returns++;
    }
    assertLess(returns, 20, `returns within ${timeout} ms`);
  }
});

test("wait() does not sleep for a timeout of zero or less", () => {
  using ground = Ground.create(platform.pageSize);
  for (const timeout of [0, -1, -Infinity]) {
    platform.wait(ground.addressOf(at.word), 0, timeout);
  }
});

test("a wake with nobody asleep does nothing", () => {
  using ground = Ground.create(platform.pageSize);
  for (const count of [0, 1, 2 ** 31 - 1]) platform.wake(ground.addressOf(at.word), count);
});

test("a child that sleeps is woken by its parent", async () => {
  using ground = Ground.create(platform.pageSize);
  const [child] = await startSleepers(ground, 1);
  assertEquals(ground.words.load(at.returned), 0);
  platform.wake(ground.addressOf(at.word), 1);
  await succeed(child);
  assertEquals(ground.words.load(at.returned), 1);
});

test("wake() wakes as many as it is told, of all processes", async () => {
  using ground = Ground.create(platform.pageSize);
  const children = await startSleepers(ground, 3);
  platform.wake(ground.addressOf(at.word), 1);
  const first = await Promise.race(children.map((child) => child.exited.then(() => child)));
  const others = children.filter((child) => child !== first);
  assertEquals(others.map(({ pid }) => sleeps(pid)), [true, true]);
  assertEquals(ground.words.load(at.returned), 1);
  platform.wake(ground.addressOf(at.word), 2 ** 31 - 1);
  await Promise.all(children.map(succeed));
  assertEquals(ground.words.load(at.returned), 3);
});

test("a wake reaches only who sleeps on that word", async () => {
  using ground = Ground.create(platform.pageSize);
  const [child] = await startSleepers(ground, 1);
  platform.wake(ground.addressOf(at.word + 1), 1);
  platform.wake(ground.addressOf(at.word + 2), 1);
  assertEquals([sleeps(child.pid), ground.words.load(at.returned)], [true, 0]);
  platform.wake(ground.addressOf(at.word), 1);
  await succeed(child);
});

for (const [name, timeout] of Object.entries({ "a million years": 3e16, "the largest": 1.7e308 })) {
  test(`wait() sleeps for a timeout of ${name}`, async () => {
    using ground = Ground.create(platform.pageSize);
    const [waker] = await startWaker(ground);
    ground.words.store(1, 1);
    platform.wait(ground.addressOf(0), 0, timeout);
    assertEquals(ground.words.load(0), 1);
    await succeed(waker);
  });
}

/** A child that waits until this process sleeps on word 0, changes the word and wakes. */
async function startWaker(ground: Ground) {
  const waker = start("waker_child.ts", { ground: ground.ticket });
  await until(() => ground.words.load(2) === 1, "the waker is there");
  return [waker];
}
