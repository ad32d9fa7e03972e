import { assertEquals } from "@std/assert";
import { test, until } from "../support/harness.ts";
import { areGone, runScript } from "./script.ts";

const ENDINGS = "process/scripts/endings.ts";

for (
  const [what, count] of [
    ["a busy daemon", 1],
    ["an idle daemon", 1],
    ["a child with a busy daemon", 1],
    ["a pool that is forgotten", 2],
    ["a pool that was never used", 2],
  ] as const
) {
  test(`a program with ${what} ends by itself, and takes it along`, async () => {
    const { code, stdout, stderr } = await runScript(ENDINGS, { args: [what] });
    assertEquals([code, stderr], [0, ""]);
    const pids = stdout.trimEnd().split("\n").map(Number);
    assertEquals(pids.filter(Number.isInteger).length, count, stdout);
    await until(() => areGone(pids), "it is gone");
  });
}

for (
  const [what, output] of [
    ["a child", "main\nchild\n"],
    ["a child with a child", "child\ngrandchild\n"],
    ["a daemon that is joined", "daemon\ntrue\n"],
    ["a process that was not started", ""],
  ] as const
) {
  test(`a program with ${what} ends when all that is to be done is done`, async () => {
    const { code, signal, stdout, stderr } = await runScript(ENDINGS, { args: [what] });
    assertEquals([code, signal, stdout, stderr], [0, null, output, ""]);
  });
}
