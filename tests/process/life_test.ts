import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import process from "node:process";
import { activeChildren, ClosedError, Process, ProcessError } from "../../mod.ts";
import * as targets from "../fixtures/process/targets.ts";
import { test, until } from "../support/harness.ts";
import { childrenOf } from "../support/proc.ts";
import "../support/shared_memory.ts";

test("a process runs its target with its arguments, and has its value as result", async () => {
  const child = new Process(targets.add, { args: [2, 3] });
  assertEquals([child.pid, child.exitCode, child.signal, child.isAlive], [
    undefined,
    null,
    null,
    false,
  ]);
  assertEquals(child.start(), child);
  assert(childrenOf(process.pid).some(({ pid }) => pid === child.pid), "it is a child of ours");
  assertEquals(await child.result, 5);
  assertEquals(await child.join(), true);
  assertEquals([child.exitCode, child.signal, child.isAlive], [0, null, false]);
});

test("a process without a target does nothing, and ends well", async () => {
  const child = new Process().start();
  assertEquals(await child.result, undefined);
  assertEquals([await child.join(), child.exitCode], [true, 0]);
});

test("start() returns before the child runs", async () => {
  const child = new Process(targets.nothing).start();
  assertEquals([child.exitCode, child.isAlive], [null, true]);
  await child.join();
});

test("join() can be called any number of times, at once and afterwards", async () => {
  const child = new Process(targets.nothing).start();
  assertEquals(await Promise.all([child.join(), child.join(), child.join({ timeout: 60_000 })]), [
    true,
    true,
    true,
  ]);
  assertEquals([await child.join(), await child.join({ timeout: 0 })], [true, true]);
});

test("join() does not throw for the child's failure", async () => {
  const child = new Process(targets.refuse, { stderr: "null" }).start();
  assertEquals([await child.join(), child.exitCode], [true, 1]);
});

test("join() with a timeout is false while the process lives", async () => {
  await using child = new Process(targets.wait).start();
  assertEquals(await child.join({ timeout: 0 }), false);
  assertEquals(await child.join({ timeout: 5 }), false);
  assertEquals(child.isAlive, true);
});

test("a join() that ends by its timeout does not end another's", async () => {
  const child = new Process(targets.wait, { daemon: true }).start();
  const whole = child.join();
  assertEquals(await child.join({ timeout: 1 }), false);
  child.kill();
  assertEquals(await whole, true);
});

test("join() stops with the reason of its signal", async () => {
  await using child = new Process(targets.wait).start();
  const controller = new AbortController();
  const joining = child.join({ signal: controller.signal });
  controller.abort(new RangeError("enough"));
  assertEquals((await assertRejects(() => joining, RangeError)).message, "enough");
  await assertRejects(() => child.join({ signal: AbortSignal.abort() }), DOMException);
  assertEquals(child.isAlive, true);
});

for (const timeout of [-1, NaN, "5" as unknown as number]) {
  test(`a timeout of ${JSON.stringify(timeout)} is a RangeError`, async () => {
    const child = new Process(targets.nothing).start();
    await assertRejects(() => child.join({ timeout }), RangeError);
    assertThrows(() => child.joinSync({ timeout }), RangeError);
    await child.join();
  });
}

test("joinSync() blocks the thread until the process has ended", async () => {
  const child = new Process(targets.add, { args: [1, 1] }).start();
  assertEquals(child.joinSync(), true);
  assertEquals([child.exitCode, child.isAlive, activeChildren()], [0, false, []]);
  assertEquals(child.joinSync(), true);
  assertEquals(await child.result, 2);
  assertEquals(await child.join(), true);
});

test("joinSync() with a timeout is false while the process lives", async () => {
  await using child = new Process(targets.wait).start();
  assertEquals([child.joinSync({ timeout: 0 }), child.joinSync({ timeout: 20 })], [false, false]);
});

test("the end of a process is seen without a turn of the event loop", async () => {
  const child = new Process(targets.exit, { args: [7] }).start();
  while (child.isAlive);
  assertEquals([child.exitCode, child.signal], [7, null]);
  await child.join();
  assertEquals([child.exitCode, child.signal], [7, null]);
});

test("activeChildren() are those that were started and have not ended", async () => {
  assertEquals(activeChildren(), []);
  const one = new Process(targets.wait).start();
  const other = new Process(targets.wait).start();
  new Process(targets.wait);
  assertEquals(activeChildren(), [one, other]);
  one.kill();
  await one.join();
  assertEquals(activeChildren(), [other]);
  other.kill();
  await other.join();
  assertEquals(activeChildren(), []);
});

test("a process is started once", async () => {
  const child = new Process(targets.nothing, { name: "once" }).start();
  const { message } = assertThrows(() => child.start(), ProcessError);
  assertEquals(message, 'Cannot start "once": it was started before');
  await child.join();
  assertThrows(() => child.start(), ProcessError, "it was started before");
});

test("what has not been started cannot be joined or signalled", async () => {
  const child = new Process(targets.nothing, { name: "idle" });
  const { message } = await assertRejects(() => child.join(), ProcessError);
  assertEquals(message, 'Cannot join "idle": it was not started');
  assertThrows(() => child.joinSync(), ProcessError, "it was not started");
  assertThrows(() => child.terminate(), ProcessError, 'Cannot terminate "idle"');
  assertThrows(() => child.kill(), ProcessError, 'Cannot kill "idle"');
  assertThrows(() => child.interrupt(), ProcessError, 'Cannot interrupt "idle"');
});

test("a living process cannot be closed", async () => {
  await using child = new Process(targets.wait, { name: "alive" }).start();
  const { message } = assertThrows(() => child.close(), ProcessError);
  assertEquals(message, 'Cannot close "alive": it is still alive; join it first');
});

test("a closed process can be looked at, and not used", async () => {
  const child = new Process(targets.add, { args: [1, 2], name: "done" }).start();
  await child.join();
  child.close();
  child.close();
  assertThrows(
    () => child.start(),
    ClosedError,
    'Cannot start "done": the process object is closed',
  );
  await assertRejects(() => child.join(), ClosedError);
  assertThrows(() => child.joinSync(), ClosedError);
  assertThrows(() => child.terminate(), ClosedError);
  assertThrows(() => child.kill(), ClosedError);
  assertThrows(() => child.interrupt(), ClosedError);
  assertThrows(() => child.name = "other", ClosedError);
  assertThrows(() => child.daemon = true, ClosedError);
  assertEquals([child.exitCode, child.isAlive, await child.result], [0, false, 3]);
});

test("what was closed before its start does not start", () => {
  const child = new Process(targets.nothing);
  child.close();
  assertThrows(() => child.start(), ClosedError);
});

test("the end of a scope terminates what still runs, and waits for its end", async () => {
  let kept: Process;
  {
    await using child = new Process(targets.wait).start();
    kept = child;
  }
  assertEquals([kept.exitCode, kept.signal, kept.isAlive], [-15, "SIGTERM", false]);
  assertThrows(() => kept.terminate(), ClosedError);
});

test("the end of a scope takes a process that has ended, was closed, or never began", async () => {
  await using ended = new Process(targets.nothing).start();
  await ended.join();
  await using closed = new Process(targets.nothing).start();
  await closed.join();
  closed.close();
  await using _idle = new Process(targets.nothing);
});

test("processes are numbered as they are made; a name can be given, also later", async () => {
  const [one, two] = [new Process(), new Process()];
  assertMatch(one.name, /^Process-\d+$/);
  assertEquals(Number(two.name.slice(8)), Number(one.name.slice(8)) + 1);
  const child = new Process(targets.know, { name: "Ada" });
  assertEquals(child.name, "Ada");
  child.name = "Grace";
  child.start();
  assertThrows(() => child.name = "late", ProcessError, "it was started");
  assertEquals((await child.result).current.name, "Grace");
  assertThrows(() => new Process(undefined, { name: 5 as never }), TypeError, "must be a string");
});

test("a child knows itself and its parent", async () => {
  const child = new Process(targets.know, { name: "child" }).start();
  const known = await child.result;
  assertEquals(known.current, { name: "child", pid: child.pid!, daemon: false });
  assertEquals(known.parent, { name: "MainProcess", pid: process.pid, daemon: false });
  assertEquals(known.isMain, false);
  assertEquals(known.children, 0);
  assertEquals([known.pid, known.parentPid], [child.pid!, process.pid]);
});

test("daemon is as it was said, and cannot be changed after the start", async () => {
  const child = new Process(targets.know, { daemon: true });
  assertEquals(child.daemon, true);
  child.daemon = false;
  assertEquals(child.daemon, false);
  child.daemon = true;
  child.start();
  assertThrows(() => child.daemon = false, ProcessError, "it was started");
  assertEquals((await Promise.all([child.result, child.join()]))[0].current.daemon, true);
});

test("terminate(), kill() and interrupt() of a process that has ended do nothing", async () => {
  const child = new Process(targets.nothing).start();
  await child.join();
  child.terminate();
  child.kill();
  child.interrupt();
  assertEquals([child.exitCode, child.signal], [0, null]);
});

test("a process that ended without a turn of the event loop can be joined later", async () => {
  const child = new Process(targets.add, { args: [20, 22] }).start();
  await until(() => !child.isAlive, "it has ended");
  assertEquals(await child.result, 42);
});

test("a Worker inside a child starts processes like one of the main process", async () => {
  const url = new URL("../fixtures/process/in_worker.ts", import.meta.url).href;
  const child = new Process(targets.startInWorker, { args: [url] }).start();
  assertEquals(await child.result, [true, 42]);
  assertEquals(await child.join(), true);
});
