import { assertEquals } from "@std/assert";
import process from "node:process";
import { runtimeName, test } from "../support/harness.ts";
import { fixture, run } from "./program.ts";

const COMMANDS: Record<string, [string, string[]][]> = {
  deno: [
    ["deno test", ["test", "-A", "--no-check", "--no-lock", fixture("runners/deno.test.ts")]],
    ["deno bench", ["bench", "-A", "--no-check", "--no-lock", fixture("runners/deno.test.ts")]],
  ],
  bun: [
    ["bun test", ["test", fixture("runners/bun.test.ts")]],
    ["node:test under bun test", ["test", fixture("runners/node.test.ts")]],
  ],
  node: [
    ["node --test", ["--test", "--test-isolation=none", fixture("runners/node.test.ts")]],
    ["node --test, isolated", ["--test", fixture("runners/node.test.ts")]],
  ],
};

for (const [name, args] of COMMANDS[runtimeName]) {
  test(`${name}: a function of the test file runs in children, its tests do not`, async () => {
    const { code, stdout, stderr } = await run(process.execPath, args);
    assertEquals(code, 0, stdout + stderr);
    if (name !== "deno bench") assertEquals(stdout.match(/one test ran/g)?.length, 1, stdout);
  });
}
