import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Process, RemoteError } from "../../mod.ts";
import Nameless, * as classes from "../fixtures/process/classes.ts";
import * as targets from "../fixtures/process/targets.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";
import { assertEnds } from "./finish.ts";

test("start() calls run() in the child, with the fields of the object", async () => {
  const greeter = new classes.Greeter("Ada").start();
  assertEquals(await greeter.result, { text: "Hello, Ada", pid: greeter.pid });
  await assertEnds(greeter, 0, null);
});

test("fields that were changed after the constructor travel as they are", async () => {
  const greeter = new classes.PoliteGreeter("Grace");
  greeter.polite = false;
  greeter.start();
  assertEquals((await greeter.result as classes.Greeting).text, "Hello, Grace");
  await assertEnds(greeter, 0, null);
});

test("a subclass of a subclass calls what it inherits", async () => {
  const greeter = new classes.PoliteGreeter("Joan").start();
  assertEquals((await greeter.result as classes.Greeting).text, "Hello, Joan, and good day");
  await assertEnds(greeter, 0, null);
});

test("in the child the object is the running process, fields that shadow it included", async () => {
  const mirror = new classes.Mirror(undefined, { daemon: true });
  Object.defineProperty(mirror, "name", { value: "shadow of the name", enumerable: true });
  mirror.start();
  const seen = await mirror.result as Record<string, unknown>;
  await assertEnds(mirror, 0, null);
  assertEquals(seen.shadow, "shadow of the name");
  assertEquals(seen.keys, ["name"]);
  assertEquals([seen.pid, seen.realPid], [mirror.pid, mirror.pid]);
  assertEquals([seen.isAlive, seen.exitCode, seen.daemon], [true, null, true]);
  assertEquals([seen.parent, seen.isMirror], ["MainProcess", true]);
});

test("a process does not start, join or rename itself", async () => {
  const insider = new classes.Insider(undefined, { name: "me" }).start();
  assertEquals(await insider.result, [
    'Cannot start "me": it was started before',
    'Cannot terminate "me": it is this very process',
    'Cannot join "me": it is this very process',
    'Cannot set the name of "me": it was started',
    'Cannot set the daemon of "me": it was started',
    'Cannot close "me": it is still alive; join it first',
  ]);
  await assertEnds(insider, 0, null);
});

test("a subclass starts others of its kind, named after it", async () => {
  const first = new classes.Generation(2);
  first.name = "G";
  assertEquals(await first.start().result, ["G", "G:1", "G:1:1"]);
  await assertEnds(first, 0, null);
});

test("a subclass without a run() runs the target it is given", async () => {
  const counted = new classes.Counted(targets.add, { args: [1, 2] }).start();
  assertEquals([await counted.result, counted.starts], [3, 1]);
  await assertEnds(counted, 0, null);
});

test("a run() and a target together are a TypeError", () => {
  assertThrows(
    () => new classes.Mirror(targets.nothing),
    TypeError,
    "Mirror has a run() of its own, which is what it runs, and was given a target besides",
  );
});

test("run() as a field is a function in data, and cannot be sent", () => {
  const { path } = assertThrows(() => new classes.Arrow().start()) as Error & { path?: string };
  assertEquals(path, "this.run");
});

test("a private field does not travel, and using it is an error", async () => {
  const child = new classes.Secretive(undefined, { stderr: "null" }).start();
  assertEquals((await assertRejects(() => child.result, RemoteError)).name, "TypeError");
  await assertEnds(child, 1, null);
});

test("a default export without a name is found", async () => {
  const child = new Nameless().start();
  assertEquals(await child.result, "without a name");
  await assertEnds(child, 0, null);
});

test("a class that no module exports is not found, and the error says where it was looked for", async () => {
  const child = classes.makeHidden().start();
  const { message } = await assertRejects(() => child.result, RemoteError);
  assert(message.includes('Cannot find class "Hidden"'), message);
  assert(message.includes("classes.ts does not export it"), message);
  assert(message.includes("export it"), message);
  await assertEnds(child, 1, null);
});

test("Process itself can be called with run() overridden by nobody", async () => {
  const child = new Process();
  assertEquals(child.run(), undefined);
  assertEquals(await child.start().result, undefined);
  await child.join();
});
