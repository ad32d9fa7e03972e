import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AsyncResult,
  BoundedSemaphore,
  Event,
  Lock,
  pipe,
  Process,
  Queue,
  RLock,
  RWLock,
  SerializationError,
  wait,
  type WaitOptions,
  waitSync,
} from "../../mod.ts";
import * as targets from "../fixtures/process/targets.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";

test("what means something in one process only is refused, and does not arrive as an empty object", () => {
  using queue = new Queue<unknown>();
  const things: [unknown, string][] = [
    [
      new Process(targets.add, { args: [1, 2] }),
      "a Process cannot cross processes (only who started it has it",
    ],
    [
      new AsyncResult(() => Promise.resolve(1)),
      "an AsyncResult cannot cross processes (await it first)",
    ],
  ];
  using lock = new Lock();
  using rlock = new RLock();
  using rwlock = new RWLock();
  using desks = new BoundedSemaphore();
  using held = lock.acquireSync();
  using again = rlock.acquireSync();
  using permit = desks.acquireSync();
  {
    using reading = rwlock.acquireReadSync();
    things.push([reading, "a Held cannot cross processes"]);
  }
  for (const one of [held, again, permit]) things.push([one, "a Held cannot cross processes"]);
  for (const [thing, message] of things) {
    const error = assertThrows(() => queue.putSync({ thing }), SerializationError, message);
    assertEquals(error.path, "value.thing");
  }
  assertEquals(queue.size, 0);
});

test("how long to wait is an object: a mere number is a TypeError, and no wait for ever", async () => {
  using queue = new Queue<number>();
  using event = new Event();
  const [here, there] = pipe<number>();
  const ms = 10 as WaitOptions;
  const text = "{ timeout: 1000 }, got 10";
  assertThrows(() => queue.getSync(ms), TypeError, text);
  assertThrows(() => event.waitSync(ms), TypeError, text);
  assertThrows(() => here.recvSync(ms), TypeError, text);
  assertThrows(() => waitSync([queue], ms), TypeError, text);
  await assertRejects(() => queue.get(ms), TypeError, text);
  await assertRejects(() => event.wait(ms), TypeError, text);
  await assertRejects(() => here.recv(ms), TypeError, text);
  await assertRejects(() => wait([queue], ms), TypeError, text);
  const child = new Process(targets.add, { args: [1, 2] }).start();
  await assertRejects(() => child.join(ms), TypeError, text);
  await child.join();
  there.close();
  here.close();
});

test("a signal that is none is named, by waits of either kind", async () => {
  using queue = new Queue<number>();
  const wrong = { timeout: 0, signal: "SIGTERM" as unknown as AbortSignal };
  const text = 'signal must be an AbortSignal, got "SIGTERM"';
  assertThrows(() => queue.getSync(wrong), TypeError, text);
  await assertRejects(() => queue.get(wrong), TypeError, text);
  const child = new Process(targets.add, { args: [1, 2] }).start();
  await assertRejects(() => child.join(wrong), TypeError, text);
  assertThrows(() => child.joinSync(wrong), TypeError, text);
  assertThrows(
    () => child.joinSync({ signal: AbortSignal.abort(new RangeError("no")) }),
    RangeError,
  );
  await child.join();
});
