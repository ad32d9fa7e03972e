import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describeClass, describeFunction } from "../../src/functions/describe.ts";
import { resolveFunction } from "../../src/functions/resolve.ts";
import { task } from "../../src/functions/tasks.ts";
import Default, { given, Job } from "../fixtures/functions/classes.ts";
import { test } from "../support/harness.ts";
import { fixture, messageOf, valueOf } from "./in_child.ts";

const here = fixture("classes.ts");

test("an exported class is found with all that it extends", async () => {
  const job = { reference: describeClass(Job, [here]), args: [], method: "shout" };
  assertEquals(await valueOf(job), "hello!");
  const byDefault = { reference: describeClass(Default, [here]), args: [], method: "greet" };
  assertEquals(await valueOf(byDefault), "default");
});

test("a class that is neither exported nor registered is refused with the fix", async () => {
  const reference = describeClass(given.Hidden, [here]);
  assertEquals(
    await messageOf({ reference, args: [], method: "greet" }),
    `SerializationError: Cannot find class "Hidden": ${here} does not export it; ` +
      "export it, or register it with task(import.meta, Hidden)",
  );
});

test("a class whose module nobody knows is refused with the fix", async () => {
  const reference = describeClass(class Lost {}, []);
  assertStringIncludes(
    await messageOf({ reference, args: [], method: "greet" }),
    'Cannot find class "Lost": nobody knows its module; export it, or register it',
  );
});

test("a registered class is a task", () => {
  class Registered {}
  task({ url: here }, Registered);
  assertEquals(describeClass(Registered).kind, "task");
});

test("a class that extends nothing travels as its source text where it is no subclass", async () => {
  class Point {
    x = 1;
  }
  const lookup = { import: () => Promise.reject(new Error("nothing is imported")) };
  const found = await resolveFunction(describeFunction(Point, []), lookup);
  assert(found !== Point);
  assertEquals(Reflect.construct(found, []).x, 1);
});
