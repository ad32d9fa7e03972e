import { assertEquals } from "@std/assert";
import { delay } from "@std/async";
import { test, until } from "./harness.ts";

test("until() waits for a fact", async () => {
  let seen = 0;
  await until(() => ++seen === 3, "three calls were made");
  assertEquals(seen, 3);
});

test("the stand-ins of @std are found", async () => {
  await delay(1);
});
