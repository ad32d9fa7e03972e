import { assertEquals } from "@std/assert";
import process from "node:process";
import { test } from "../support/harness.ts";
import { type Ending, runScript } from "./script.ts";

const sentence = (act: string): string =>
  `ProcessError: Cannot ${act}: this process is a child that has imported the module of its target, ` +
  "and that module starts processes when it is imported; " +
  "put what only the main process shall do inside if (import.meta.main) { … }, " +
  "or if (isMainProcess()) { … } where there is no import.meta";

async function runUnguarded(way: string, flags?: readonly string[]): Promise<Ending> {
  process.env.MP_WAY = way;
  try {
    return await runScript("process/scripts/unguarded.ts", { flags });
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
    assertEquals(times(stderr, `${sentence('start "Process-1:1"')}\n`), 1, stderr);
    assertEquals(times(stdout, "a result"), 0);
  });
}

test("a program that makes a pool without a guard has one generation of children, too", async () => {
  const { stdout, stderr } = await runUnguarded("pool");
  assertEquals(stdout, `begun\nbegun\n${sentence("make a pool")}\n`);
  assertEquals(stderr, "", "the error is the pool's to report");
});

test("a child that may read nothing, and has its module preloaded, says the same", {
  ignore: { bun: "it has no permissions", node: "its children import what they look for" },
}, async () => {
  const few = ["--allow-ffi", "--allow-run", "--allow-env"];
  const { stdout, stderr } = await runUnguarded("awaited", few);
  assertEquals(stdout, "begun\nbegun\nno result\n");
  // It does not know yet what it is called.
  assertEquals(times(stderr, `${sentence('start "Process-1"')}\n`), 1, stderr);
});
