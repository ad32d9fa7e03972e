import { assertEquals } from "@std/assert";
import process from "node:process";
import { test, until } from "../support/harness.ts";
import { areGone, Script } from "./script.ts";

const SCRIPT = "process/scripts/interrupts.ts";

/** Starts the tree in a group of its own, as a terminal would; resolves when all of it is at work. */
async function startGroup(way: string): Promise<{ script: Script; pids: number[] }> {
  const script = new Script(SCRIPT, { args: [way], group: true });
  const pids = (await script.printed(6)).map(Number);
  assertEquals([new Set(pids).size, pids.includes(NaN)], [6, false]);
  return { script, pids };
}

test("Ctrl-C ends a tree at once, and nothing is said", async () => {
  const { script, pids } = await startGroup("nobody");
  process.kill(-script.pid, "SIGINT");
  const { code, signal, stderr } = await script.ending;
  assertEquals([code, signal, stderr], [null, "SIGINT", ""]);
  await until(() => areGone(pids), "all of it is gone");
});

test("Ctrl-C where the first of a tree has a message ends it with that message, once", async () => {
  const { script, pids } = await startGroup("message");
  process.kill(-script.pid, "SIGINT");
  const { code, stderr } = await script.ending;
  assertEquals([code, stderr], [3, "interrupted\n"]);
  await until(() => areGone(pids), "all of it is gone");
});

test("a process that handles SIGTERM ends its children in order", async () => {
  const { script, pids } = await startGroup("order");
  script.kill("SIGTERM");
  const { code, stderr } = await script.ending;
  assertEquals([code, stderr], [4, "SIGTERM\nSIGTERM\nSIGTERM\nboolean\n"]);
  await until(() => areGone(pids), "all of it is gone");
});
