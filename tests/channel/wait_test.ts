import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { Event, JoinableQueue, Lock, pipe, Process, Queue, wait, waitSync } from "../../mod.ts";
import { ClosedError, ProcessError } from "../../src/errors.ts";
import { hold } from "../fixtures/channel/pipes.ts";
import type { Kind } from "../fixtures/channel/queues.ts";
import * as children from "../fixtures/channel/waits.ts";
import { collect } from "../fixtures/shared/collect.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";

const kinds: readonly Kind[] = ["sync", "async"];

test("wait() returns what is ready at once, in the order given, and takes nothing", async () => {
  using queue = new Queue<number>();
  using tasks = new JoinableQueue<number>();
  using event = new Event();
  const [a, b] = pipe<number>();
  using _a = a, _b = b;
  const all = [queue, event, b, tasks];
  assertEquals(await wait(all, { timeout: 0 }), []);
  assertEquals(waitSync(all, { timeout: 0 }), []);
  await a.send(1);
  await tasks.put(1);
  assertEquals(await wait(all), [b, tasks]);
  event.set();
  queue.close();
  for (let i = 0; i < 2; i++) {
    assertEquals(await wait(all), all);
    assertEquals(waitSync(all), all);
  }
  assertEquals([b.recvSync(), await tasks.get()], [1, 1]);
  assertEquals(await wait(new Set([b, tasks, queue])), [queue]);
});

test("wait() ends with what comes first, and nothing of it waits any longer", async () => {
  using queue = new Queue<number>();
  using event = new Event();
  const [a, b] = pipe<number>();
  using _a = a, _b = b;
  const all = [queue, event, b];
  const comes: readonly [object, () => void, () => void][] = [
    [queue, () => queue.putSync(1), () => queue.getSync()],
    [event, () => event.set(), () => event.clear()],
    [b, () => a.sendSync(1), () => b.recvSync()],
  ];
  for (const [one, come, go] of comes) {
    const ready = wait(all);
    const again = wait(all, { timeout: 60_000 });
    come();
    assertEquals([await ready, await again], [[one], [one]]);
    go();
  }
  queue.dispose();
  assertThrows(() => waitSync(all), ClosedError, "Cannot wait for the queue");
});

test("an event that was set for a moment was ready", async () => {
  using event = new Event();
  using queue = new Queue<number>();
  const ready = wait([queue, event]);
  event.set();
  event.clear();
  assertEquals(await ready, [event]);
});

test("wait() ends with its timeout, none being ready, and with the reason of its signal", async () => {
  using queue = new Queue<number>();
  using event = new Event();
  assertEquals(await wait([queue, event], { timeout: 5 }), []);
  assertEquals(waitSync([queue, event], { timeout: 5 }), []);
  await assertRejects(() => wait([queue], { timeout: -1 }), RangeError, "timeout");
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = wait([queue, event], { signal, timeout: 60_000 });
  const reason = new Error("enough");
  controller.abort(reason);
  assertStrictEquals(await waiting.catch((error) => error), reason);
  await assertRejects(() => wait([queue], { signal }), Error, "enough");
  assertThrows(() => waitSync([queue], { signal }), Error, "enough");
});

test("wait() refuses what cannot be waited for, and nothing at all", async () => {
  using queue = new Queue<number>();
  using lock = new Lock();
  await assertRejects(() => wait([]), RangeError, "there is nothing to wait for");
  assertThrows(() => waitSync([]), RangeError);
  await assertRejects(
    () => wait([queue, lock]),
    TypeError,
    "Cannot wait for an object of class Lock",
  );
  assertThrows(() => waitSync([42 as unknown as object]), TypeError, "Cannot wait for 42");
  const process = new Process(children.untilTold, { args: [queue as unknown as Queue<string>] });
  assertThrows(() => waitSync([process]), ProcessError, "it was not started");
  const [a, b] = pipe<number>({ duplex: false });
  using _a = a;
  assertThrows(() => waitSync([b]), TypeError, "only sends");
  b.close();
  assertThrows(() => waitSync([b]), ClosedError, "this process has closed");
});

test("what is closed here while it is waited for ends the wait", async () => {
  const [a, b] = pipe<number>();
  using _a = a;
  using queue = new Queue<number>();
  const waiting = wait([queue, b]);
  assertThrows(() => queue.dispose(), ProcessError, "1 waits");
  b.close();
  await assertRejects(() => waiting, ClosedError, "this process has closed");
});

test("a queue that somebody waits for is not collected", async () => {
  using requests = new Queue<Queue<string>>();
  const waiting = (() => {
    const queue = new Queue<string>();
    requests.putSync(queue);
    return wait([queue, new Event()]);
  })();
  for (let i = 0; i < 5; i++) await collect();
  using queue = requests.getSync();
  queue.putSync("there");
  assertEquals(await waiting, [queue]);
});

for (const kind of kinds) {
  const waitFor = <T extends object>(objects: T[]): T[] | Promise<T[]> =>
    kind === "sync" ? waitSync(objects) : wait(objects);

  test(`wait() (${kind}) for processes returns each that has ended`, async () => {
    using never = new Event();
    const told = [0, 1, 2].map(() => new Queue<string>());
    const processes = told.map((queue) =>
      new Process(children.untilTold, { args: [queue] }).start()
    );
    let left: object[] = [...processes, never];
    for (const i of [1, 2, 0]) {
      if (i === 0) processes[0].kill();
      else told[i].putSync("end");
      assertEquals(await waitFor(left), [processes[i]]);
      left = left.filter((one) => one !== processes[i]);
    }
    assertEquals(await waitFor(processes), processes);
    for (const process of processes) await process.join();
    for (const queue of told) queue.dispose();
  });

  test(`a child that waits (${kind}) for several things is told of each`, async () => {
    using queue = new Queue<unknown>();
    using event = new Event();
    using log = new Queue<string>();
    const [mine, theirs] = pipe<unknown>();
    const things = { queue, end: theirs, event, log };
    const child = new Process(children.sayWhatIsReady, { args: [things, kind] }).start();
    theirs.close();
    for (let round = 0; round < 100; round++) {
      if (round % 2 === 0) await queue.put(round);
      else mine.sendSync(round);
      assertEquals(await log.get(), round % 2 === 0 ? "queue" : "end");
    }
    event.set();
    assertEquals(await log.get(), "event");
    await child.result;
    mine.close();
  });

  test(`who waits (${kind}) for a connection is told when its other end is killed`, async () => {
    using never = new Queue<unknown>();
    using ready = new Queue<string>();
    const [first, second] = pipe<unknown>();
    const holder = new Process(hold, { args: [second, ready] }).start();
    const waiter = new Process(children.waitForEnd, { args: [first, never, ready, kind] }).start();
    first.close();
    second.close();
    for (let i = 0; i < 2; i++) await ready.get();
    holder.kill();
    assertEquals(await waiter.result, "true");
    await holder.join();
  });
}

test("waits of both kinds in one process do not disturb each other", async () => {
  using one = new Queue<number>();
  using other = new Queue<number>();
  using event = new Event();
  const pending = [one.get(), wait([one, event]), event.wait()];
  other.putSync(1);
  assertEquals(waitSync([other, one]), [other]);
  assertEquals(waitSync([one, event], { timeout: 5 }), []);
  event.set();
  one.putSync(2);
  const [got, ready, isSet] = await Promise.all(pending);
  assertEquals([got, isSet], [2, true]);
  assert((ready as object[]).includes(event));
});
