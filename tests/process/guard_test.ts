import { assertEquals, assertStringIncludes } from "@std/assert";
import process from "node:process";
import { test } from "../support/harness.ts";
import { type Ending, runScript } from "./script.ts";

const ADVICE = "put what only the main process shall do inside if (import.meta.main)";

async function runUnguarded(way: string): Promise<Ending> {
  process.env.MP_WAY = way;
  try {
    return await runScript("process/scripts/unguarded.ts");
  } finally {
    delete process.env.MP_WAY;
  }
}

function times(text: string, part: string): number {
  return text.split(part).length - 1;
}

for (const way of ["awaited", "not awaited", "main function", "timer"]) {
  test(`a program without a guard (${way}) has one generation of children, and one error`, async () => {
    const { stdout, stderr } = await runUnguarded(way);
    assertEquals(times(stdout, "begun"), 2, "the program and its child, and no grandchild");
    assertEquals(
      times(stderr, 'ProcessError: Cannot start "Process-1:1": this process is'),
      1,
      stderr,
    );
    assertStringIncludes(stderr, ADVICE);
    assertEquals(times(stdout, "a result"), 0);
  });
}

test("a program that makes a pool without a guard has one generation of children, too", async () => {
  const { stdout, stderr } = await runUnguarded("pool");
  assertEquals(times(stdout, "begun"), 2);
  assertEquals(times(stdout, "no result"), 1);
  assertEquals(times(stderr, ADVICE), 0, "the error is the pool's to report");
});
