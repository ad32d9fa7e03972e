import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { ClosedError, Event, LockError, Process, TimeoutError } from "../../mod.ts";
import { Board } from "../fixtures/sync/board.ts";
import * as conditions from "../fixtures/sync/conditions.ts";
import { DONE, READY } from "../fixtures/sync/locks.ts";
import { test, until } from "../support/harness.ts";

const kinds = ["sync", "async"] as const;

function start<A extends unknown[], R>(target: (...args: A) => R, ...args: A) {
  return new Process(target, { args }).start();
}

test("Event.set() lets everybody through, and who comes later", async () => {
  const event = new Event();
  using board = new Board();
  const processes = [...kinds, ...kinds].map((kind) =>
    start(conditions.passEvent, event, board.at, kind)
  );
  const here = [event.wait(), event.wait({ timeout: 60_000 })];
  await until(() => board.load(READY) === 4, "all have come");
  assertEquals([event.isSet, board.load(DONE)], [false, 0]);
  event.set();
  event.set();
  for (const process of processes) await process.join();
  assertEquals(await Promise.all([...here, event.wait()]), [true, true, true]);
  assertEquals([event.isSet, event.waitSync(), board.load(DONE)], [true, true, 4]);
  event.clear();
  event.clear();
  assertEquals(event.isSet, false);
});

test("who waits when an Event is set gets through though it is cleared at once", async () => {
  const event = new Event();
  using board = new Board();
  const processes = kinds.map((kind) => start(conditions.passEvent, event, board.at, kind));
  const here = event.wait();
  await until(() => board.load(READY) === 2, "both have come");
  // They say so before they wait.
  await until(() => {
    event.set();
    event.clear();
    return board.load(DONE) === 2;
  }, "both are through");
  assertEquals(await here, true);
  for (const process of processes) await process.join();
});

test("who comes when an Event is set does not miss it, though others wait before", async () => {
  const event = new Event();
  const first = event.wait();
  event.set();
  const second = event.wait({ timeout: 60_000 });
  event.clear();
  assertEquals(await Promise.all([first, second]), [true, true]);
});

for (const kind of kinds) {
  test(`two Events hand over between processes (${kind})`, async () => {
    const [question, reply] = [new Event(), new Event()];
    const child = start(conditions.answer, question, reply, 200, kind);
    for (let i = 0; i < 200; i++) {
      question.set();
      if (kind === "sync") reply.waitSync();
      else await reply.wait();
      reply.clear();
    }
    await child.join();
    assertEquals(child.exitCode, 0);
  });
}

test("a wait for an Event ends with its timeout or its signal", async () => {
  const event = new Event();
  assertThrows(() => event.waitSync({ timeout: 0 }), TimeoutError, "the event");
  assertThrows(() => event.waitSync({ timeout: 20 }), TimeoutError, "within 20 ms");
  await assertRejects(() => event.wait({ timeout: 20 }), TimeoutError, "within 20 ms");
  await assertRejects(() => event.wait({ timeout: -1 }), RangeError, "got -1");
  const controller = new AbortController();
  const wait = event.wait({ signal: controller.signal });
  const reason = new Error("no more");
  controller.abort(reason);
  assertStrictEquals(await wait.then(() => undefined, (error) => error), reason);
  event.set();
  await assertRejects(() => event.wait({ signal: controller.signal }), Error, "no more");
});

test("a killed waiter does not keep Event.set() from anybody", async () => {
  const event = new Event();
  using board = new Board();
  const processes = [...kinds, ...kinds].map((kind) =>
    start(conditions.passEvent, event, board.at, kind)
  );
  await until(() => board.load(READY) === 4, "all have come");
  processes[0].kill();
  processes[1].kill();
  event.set();
  for (const process of processes) await process.join();
  assert(board.load(DONE) >= 2);
});

test("a handle of an Event that was disposed of refuses everything", async () => {
  const event = new Event();
  const wait = event.wait();
  assertThrows(() => event.dispose(), LockError, "1 waits");
  event.set();
  await wait;
  event.dispose();
  event[Symbol.dispose]();
  for (const use of [() => event.set(), () => event.clear(), () => event.waitSync()]) {
    assertThrows(use, ClosedError, "disposed of");
  }
  assertThrows(() => event.isSet, ClosedError);
  await assertRejects(() => event.wait(), ClosedError, "Cannot wait for the event");
});
