import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describeFunction } from "../../src/functions/describe.ts";
import { task } from "../../src/functions/tasks.ts";
import { given } from "../fixtures/functions/hidden.ts";
import { test } from "../support/harness.ts";
import { fixture, inChild, messageOf, valueOf } from "./in_child.ts";

const { samples } = given;

// deno-lint-ignore ban-types
function request(fn: Function, args: unknown[] = []) {
  return { reference: describeFunction(fn, []), args };
}

test("task() gives back its function, once and again", () => {
  const meta = { url: "file:///nowhere.ts" };
  const fn = () => 1;
  assert(task(meta, fn) === fn);
  assert(task(meta, fn) === fn);
  assertEquals(describeFunction(fn).ordinal, 0);
});

test("task() refuses what is no import.meta or no function", () => {
  assertThrows(
    () => task({} as ImportMeta, () => {}),
    TypeError,
    "Cannot register task: the first argument must be import.meta",
  );
  assertThrows(
    () => task(import.meta, 3 as never),
    TypeError,
    "Cannot register task: expected a function, got number",
  );
});

test("a task is found though it is not exported, and with what it captured", async () => {
  assertEquals(await valueOf(request(samples.registered)), 42);
});

test("tasks that read the same are told apart by their order", async () => {
  const answers = await inChild(samples.adders.map((add) => request(add, [1])));
  assertEquals(answers.map(({ value }) => value), [2, 11, 101]);
});

test("a task with a name is found by it, though its text differs", async () => {
  const reference = { ...describeFunction(samples.named), text: "() => { instrumented(); }" };
  assertEquals(reference.name, "the named one");
  assertEquals(await valueOf({ reference, args: [] }), 43);
});

test("a task registered after its first use is a task from then on", () => {
  const fn = () => "late";
  assertEquals(describeFunction(fn, ["file:///late.ts"]).kind, "export");
  task({ url: "file:///late.ts" }, fn);
  assertEquals(describeFunction(fn, ["file:///late.ts"]).kind, "task");
});

test("a task that only this process registered runs from its text or says what to do", async () => {
  assertEquals(await valueOf(request(task({ url: fixture("library.ts") }, () => 5))), 5);
  const message = await messageOf(request(samples.makeAdder(5), [1]));
  assertStringIncludes(message, '"by" is not defined in function ');
  assertStringIncludes(
    message,
    `because ${fixture("hidden.ts")} does not register it while it is evaluated; ` +
      "call task() at the top level of the module, outside of if (import.meta.main)",
  );
});
