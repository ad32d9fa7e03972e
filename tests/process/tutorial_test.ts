import { assert, assertEquals } from "@std/assert";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "../support/harness.ts";
import { runScript } from "./script.ts";

async function linesOf(program: string, ...args: string[]): Promise<string[]> {
  const { code, signal, stdout, stderr } = await runScript(`process/tutorial/${program}`, { args });
  assertEquals([code, signal, stderr], [0, null, ""]);
  return stdout.trimEnd().split("\n");
}

/** The numbers in the line that begins so. */
function numbersIn(lines: string[], beginning: string): number[] {
  const line = lines.find((line) => line.startsWith(beginning));
  assert(line !== undefined, `${beginning} in ${lines}`);
  return (line.match(/\d+/g) ?? []).map(Number);
}

test("a process is created, and its parent goes on at once", async () => {
  const lines = await linesOf("create.ts");
  const [guest, ordered] = numbersIn(lines, "guest");
  assertEquals(numbersIn(lines, "kitchen: process"), [ordered, guest]);
  assertEquals(lines.at(-1), "kitchen: the meal is ready", "it outlived the last statement");
  assertEquals(lines.length, 3);
});

test("a process that is joined ends before the program goes on, another is waited for at the end", async () => {
  assertEquals(await linesOf("join.ts"), [
    "hello Ada",
    "hello Ada",
    "Ada was greeted",
    "the last statement",
    "hello Grace",
  ]);
});

test("the same function runs in whoever calls it", async () => {
  const lines = (await linesOf("who.ts")).map((line) => line.split(" "));
  assertEquals(lines.map(([name]) => name).sort(), ["MainProcess", "first", "second"]);
  assertEquals(new Set(lines.map(([, pid]) => pid)).size, 3);
});

test("a subclass of Process runs its run() in the child", async () => {
  const lines = await linesOf("subclass.ts");
  const pids = lines.map((line) => Number(line.split(":")[0]));
  assertEquals([pids[0], pids[2]], [pids[1], pids[3]]);
  assert(pids[0] !== pids[2], "each is a process of its own");
  assertEquals(lines.map((line) => line.split(": ")[1]), [
    "I am Ada",
    "was Ada",
    "I am Grace",
    "was Grace",
  ]);
});

test("nothing is shared unless it is made to be", async () => {
  assertEquals(await linesOf("nothing_shared.ts"), ["a: 1", "b: 1", "main: 0"]);
});

test("one process reads a file and computes its size, and sends it to another", async () => {
  const path = fileURLToPath(new URL("../../mod.ts", import.meta.url));
  const [line, receiver] = await linesOf("homework.ts", path);
  const [by, size, from] = (line.match(/\d+/g) ?? []).map(Number);
  assertEquals([by, size], [Number(receiver), statSync(path).size]);
  assert(from !== by, "two processes");
});

test("a manager's dict holds what two children and their parent have set", async () => {
  assertEquals(await linesOf("manager.ts"), [
    "first: written by first",
    "parent: written by parent",
    "second: written by second",
  ]);
});
