import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Process, RemoteError } from "../../mod.ts";
import { lookups, startInNeed } from "../fixtures/process/lookups.ts";
import { runElsewhere } from "../fixtures/process/passing.ts";
import * as targets from "../fixtures/process/targets.ts";
import { shifted } from "../fixtures/process/library.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";
import { assertEnds } from "./finish.ts";

const expected: Record<string, unknown> = {
  exported: 17,
  method: 3.5,
  registered: 3,
  imported: 107,
  global: Math.sqrt(7),
  "self-contained": 49,
  "without a name": 8,
};

test("a target is found by task(), by export, by import, among globals, and by its source", async () => {
  const children = Object.entries(lookups).map(([name, make]) => [name, make().start()] as const);
  const results: Record<string, unknown> = {};
  for (const [name, child] of children) {
    results[name] = await child.result;
    await assertEnds(child, 0, null);
  }
  assertEquals(results, expected);
});

test("a function that one module gave another to start is found", async () => {
  const imported = runElsewhere(shifted, [1]);
  const registered = runElsewhere(targets.add, [1, 2]);
  assertEquals(await Promise.all([imported.result, registered.result]), [101, 3]);
  await Promise.all([imported.join(), registered.join()]);
});

test("a function that needs what does not travel says what, where it was looked for, and the fix", async () => {
  const child = startInNeed();
  const error = await assertRejects(() => child.result, RemoteError);
  assertEquals(error.name, "ReferenceError");
  assertStringIncludes(error.message, '"base" is not defined in function "inNeed"');
  assertStringIncludes(error.message, "lookups.ts does not export it");
  assertStringIncludes(error.message, "export it, or register it with task(import.meta, inNeed)");
  await assertEnds(child, 1, null);
});

test("a module that throws when a child imports it says so, with the reason", async () => {
  (globalThis as { mayImportBroken?: boolean }).mayImportBroken = true;
  const broken = await import("../fixtures/process/broken.ts");
  const child = broken.start();
  const error = await assertRejects(() => child.result, RemoteError);
  assertEquals(error.name, "SerializationError");
  assertStringIncludes(error.message, 'Cannot find function "unreachable"');
  assertStringIncludes(error.message, "broken.ts threw RangeError: nobody may import this");
  await assertEnds(child, 1, null);
});

test("a function made on the spot runs from its source, captured variables excepted", async () => {
  const factor = Number("3");
  const good = new Process((n: number) => n * 2, { args: [21] }).start();
  const bad = new Process((n: number) => n * factor, { args: [21], stderr: "null" }).start();
  assertEquals(await good.result, 42);
  await assertRejects(() => bad.result, RemoteError, '"factor" is not defined');
  await Promise.all([good.join(), bad.join()]);
});
