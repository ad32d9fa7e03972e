import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { mkdtempSync, realpathSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { Process, ProcessDiedError, ProcessError } from "../../mod.ts";
import * as targets from "../fixtures/process/targets.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";
import { assertEnds, outputOf } from "./finish.ts";

test("cwd is where the child works; by default it is where this process does", async () => {
  const folder = realpathSync(tmpdir());
  const there = new Process(targets.surroundings, { args: [[]], cwd: folder }).start();
  const here = new Process(targets.surroundings, { args: [[]] }).start();
  assertEquals(
    await Promise.all([there.result, here.result]),
    [{ cwd: folder, env: [] }, { cwd: process.cwd(), env: [] }],
  );
  await Promise.all([there.join(), here.join()]);
});

test("a working directory that was removed is named", () => {
  const before = process.cwd();
  const folder = mkdtempSync(`${realpathSync(tmpdir())}/mp-gone-`);
  process.chdir(folder);
  rmdirSync(folder);
  try {
    const child = new Process(targets.surroundings, { args: [[]] });
    const { message } = assertThrows(() => child.start(), ProcessError);
    assertStringIncludes(message, folder);
  } finally {
    process.chdir(before);
  }
});

test("env adds to this process's environment, and takes from it", async () => {
  process.env.MP_KEPT = "kept";
  process.env.MP_GONE = "gone";
  try {
    const child = new Process(targets.surroundings, {
      args: [["MP_KEPT", "MP_GONE", "MP_NEW", "MP_EMPTY"]],
      env: { MP_GONE: undefined, MP_NEW: "ä = ü", MP_EMPTY: "" },
    }).start();
    const { env } = await child.result as { env: unknown };
    assertEquals(env, ["kept", null, "ä = ü", ""]);
    await child.join();
    assertEquals(process.env.MP_GONE, "gone");
  } finally {
    delete process.env.MP_KEPT;
    delete process.env.MP_GONE;
  }
});

test("without env the child has this process's environment as it is now", async () => {
  process.env.MP_LATE = "set just now";
  try {
    const child = new Process(targets.surroundings, { args: [["MP_LATE"]] }).start();
    assertEquals((await child.result as { env: unknown }).env, ["set just now"]);
    await child.join();
  } finally {
    delete process.env.MP_LATE;
  }
});

test("piped streams carry what the child writes, and nothing of ours", async () => {
  const child = new Process(targets.print, {
    args: ["to out\n", "to error\n"],
    stdout: "piped",
    stderr: "piped",
  }).start();
  assertEquals(await outputOf(child), { stdout: "to out\n", stderr: "to error\n" });
  await assertEnds(child, 0, null);
});

test("piped streams can be asked for when the child has ended", async () => {
  const child = new Process(targets.print, {
    args: ["to out\n", "to error\n"],
    stdout: "piped",
    stderr: "piped",
  }).start();
  assertEquals(await child.join(), true);
  assertEquals(await outputOf(child), { stdout: "to out\n", stderr: "to error\n" });
});

test("a path with a zero in it is none", () => {
  assertThrows(() => new Process(targets.nothing, { cwd: "/tmp\0/x" }), TypeError, "cwd must be");
});

test("streams that are not piped are null", async () => {
  const child = new Process(targets.print, {
    args: ["lost", "lost"],
    stdout: "null",
    stderr: "null",
  });
  assertEquals([child.stdin, child.stdout, child.stderr], [null, null, null]);
  child.start();
  assertEquals([child.stdin, child.stdout, child.stderr], [null, null, null]);
  await assertEnds(child, 0, null);
});

test("what a child has written just before its end arrives whole", async () => {
  const length = 2 ** 20;
  const child = new Process(targets.printLong, {
    args: [length],
    stdout: "piped",
    stderr: "piped",
  }).start();
  const { stdout, stderr } = await outputOf(child);
  assertEquals(stdout, `${"l".repeat(length)}\n${"o".repeat(length)}`);
  assertEquals(stderr, "e".repeat(length));
  await assertEnds(child, 0, null);
});

test("a child whose output nobody reads any more ends", async () => {
  const child = new Process(targets.printLong, { args: [2 ** 20], stdout: "piped", stderr: "null" })
    .start();
  await child.stdout!.cancel();
  assertEquals(await child.join(), true);
});

test("standard input is empty, or what is written to it", async () => {
  const empty = new Process(targets.readInput).start();
  const fed = new Process(targets.readInput, { stdin: "piped" }).start();
  const writer = fed.stdin!.getWriter();
  await writer.write(new TextEncoder().encode("first, "));
  await writer.write(new TextEncoder().encode("second"));
  await writer.close();
  assertEquals(await Promise.all([empty.result, fed.result]), ["", "first, second"]);
  await Promise.all([empty.join(), fed.join()]);
});

test("a child that closes its streams still works", async () => {
  const child = new Process(targets.closeStreams, {
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).start();
  const reading = outputOf(child);
  assertEquals(await child.result, "still here");
  await assertEnds(child, 0, null);
  assertEquals(await reading, { stdout: "", stderr: "" });
  await child.stdin!.abort().catch(() => {});
});

test("a signal that is aborted terminates the process", async () => {
  const controller = new AbortController();
  const child = new Process(targets.wait, { signal: controller.signal }).start();
  controller.abort();
  await assertRejects(() => child.result, ProcessDiedError, "SIGTERM");
  await assertEnds(child, -15, "SIGTERM");
});

test("a signal that is aborted after the end does nothing", async () => {
  const controller = new AbortController();
  const child = new Process(targets.nothing, { signal: controller.signal }).start();
  await child.join();
  child.close();
  controller.abort();
  assertEquals(child.exitCode, 0);
});

test("an environment that is none is a TypeError in start(), and leaves no process", () => {
  const child = new Process(targets.nothing, { env: { MP_NUMBER: 5 as unknown as string } });
  const { message } = assertThrows(() => child.start(), TypeError);
  assert(message.includes("MP_NUMBER"), message);
});
