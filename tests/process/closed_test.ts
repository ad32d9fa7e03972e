import { assertEquals } from "@std/assert";
import { readdirSync } from "node:fs";
import process from "node:process";
import { test, until } from "../support/harness.ts";
import { areGone, runScript, Script } from "./script.ts";

const SCRIPT = "process/scripts/closed.ts";

function names(pid?: number): string[] {
  const all = readdirSync("/dev/shm").filter((name) => /^x-mp\.(heap|bell)\./.test(name));
  return pid === undefined ? all : all.filter((name) => name.split(".").includes(String(pid)));
}

test("a process whose descriptors are closed to its children shares memory by name", async () => {
  const { code, stdout, stderr } = await runScript(SCRIPT, { args: ["all"] });
  const lines = stdout.split("\n");
  assertEquals([code, stderr, ...lines.slice(0, 3)], [0, "", "3,3", "1,4,9", lines[2]]);
  assertEquals(lines[2].split(" ")[0], "bell,heap");
  assertEquals(stdout.match(/600/g)?.length, 1, "they are for their owner alone");
});

test("X_MP_NAMED=1 asks for the same, and all names go with the program", async () => {
  process.env.X_MP_NAMED = "1";
  try {
    const script = new Script(SCRIPT, { args: ["switch"] });
    const { code, stdout, stderr } = await script.ending;
    assertEquals([code, stderr, stdout.split("\n")[0]], [0, "", "3,3"]);
    assertEquals(names(script.pid), []);
  } finally {
    delete process.env.X_MP_NAMED;
  }
});

test("what a killed process has left by name is swept by the next that needs names", async () => {
  const killed = new Script(SCRIPT, { args: ["leave"] });
  const [line] = await killed.printed(1);
  const left = line.split(",");
  assertEquals(left.map((name) => name.split(".")[1]).sort(), ["bell", "heap"]);
  killed.kill("SIGKILL");
  await killed.ending;
  await until(() => areGone([killed.pid]), "it is gone");
  assertEquals(left.filter((name) => names().includes(name)), left);
  // Its child holds the heap until it has followed.
  await until(async () => {
    await runScript(SCRIPT, { args: ["all"] });
    return left.every((name) => !names().includes(name));
  }, "they are swept");
});
