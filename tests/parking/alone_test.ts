import { assertEquals } from "@std/assert";
import { Script } from "../process/script.ts";
import { test } from "../support/harness.ts";

test("a program that has waited in every way ends by itself", async () => {
  const { code, stdout, stderr } = await new Script("parking/alone.ts").ending;
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.trim(), "aborted, timed out, timed out, turn 1, turn 7");
});
