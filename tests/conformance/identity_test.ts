import { assert, assertEquals, assertGreaterOrEqual, assertNotEquals } from "@std/assert";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { platform, runtime } from "../fixtures/conformance/ground.ts";
import { test, until } from "../support/harness.ts";
import { readProc } from "../support/proc.ts";
import { ask } from "./children.ts";

const none = { stdin: "null", stdout: "null", stderr: "null" } as const;

function sleeper(program = "/bin/sleep") {
  return runtime.spawn({ program, args: ["1000"], ...none });
}

test("the process id is that of the kernel", () => {
  assertEquals(runtime.pid, process.pid);
  assertEquals(platform.parentPid(), process.ppid);
});

test("identify() tells the same start time again, and that the process lives", async () => {
  const own = platform.identify(runtime.pid)!;
  assertEquals(own.ended, false);
  assertGreaterOrEqual(own.startTime, 1);
  const child = sleeper();
  const first = platform.identify(child.pid)!;
  assertEquals(first.ended, false);
  assertGreaterOrEqual(first.startTime, own.startTime);
  for (let i = 0; i < 100; i++) assertEquals(platform.identify(child.pid), first);
  platform.kill(child.pid, 9);
  await child.exited;
  assertEquals(platform.identify(child.pid), undefined);
});

test("two processes that started one after the other are told apart by their start", async () => {
  const first = sleeper();
  const start = platform.identify(first.pid)!.startTime;
  // A clock tick is 10 ms.
  const later = await until(() => {
    const second = sleeper();
    const { startTime } = platform.identify(second.pid)!;
    platform.kill(second.pid, 9);
    return second.exited.then(() => startTime > start ? startTime : 0);
  }, "a child has a later start");
  assertNotEquals(later, start);
  platform.kill(first.pid, 9);
  await first.exited;
});

test("identify() of a process id that nobody has is undefined", () => {
  for (const pid of [2 ** 30, 2 ** 22 + 1, 0, -1]) {
    assertEquals(platform.identify(pid), undefined, `${pid}`);
  }
  assertEquals(platform.kill(2 ** 30, 0), false);
});

test("identify() says of a process that nobody has waited for that it has ended", async () => {
  // The shell starts a child and becomes another program, which waits for nobody.
  const parent = runtime.spawn({
    ...none,
    program: "/bin/sh",
    args: ["-c", "sleep 1000 & echo $!; exec sleep 1000"],
    stdout: "piped",
  });
  const reader = parent.stdout!.getReader();
  const pid = Number(new TextDecoder().decode((await reader.read()).value));
  await until(() => readProc(parent.pid, "comm") === "sleep\n", "the shell is another program");
  const { startTime } = platform.identify(pid)!;
  platform.kill(pid, 9);
  await until(() => platform.identify(pid)?.ended, "the child has ended");
  assertEquals(platform.identify(pid), { startTime, ended: true });
  platform.kill(parent.pid, 9);
  await parent.exited;
  await reader.cancel();
});

test("identify() is not misled by the name of a program", async () => {
  const folder = mkdtempSync(`${tmpdir()}/mp-`);
  const own = platform.identify(runtime.pid)!;
  for (const name of ["a) Z 1 (b", "x y z", ") X", "(((", "new\nline"]) {
    copyFileSync("/bin/sleep", `${folder}/${name}`);
    const child = sleeper(`${folder}/${name}`);
    const identity = platform.identify(child.pid)!;
    assertEquals(identity.ended, false, name);
    assertGreaterOrEqual(identity.startTime, own.startTime, name);
    assert(identity.startTime < own.startTime + 1e7, name);
    platform.kill(child.pid, 9);
    await child.exited;
  }
  rmSync(folder, { recursive: true });
});

test("a process knows its program, command line and working directory", async () => {
  assert(platform.exists(platform.program()));
  assertEquals(platform.workingDirectory(), process.cwd());
  const line = platform.commandLine();
  assertGreaterOrEqual(line.length, 2);
  assert(line.some((argument) => argument.includes("identity_test.ts")), line.join(" "));
  const told = await ask<Record<string, unknown>>("self_child.ts", { word: "a b\n'\"ä" });
  assertEquals(told.parentPid, runtime.pid);
  assertEquals(told.program, platform.program());
  assertEquals((told.commandLine as string[]).at(-1), JSON.stringify({ word: "a b\n'\"ä" }));
});

test("exists() says whether there is a file at a path", () => {
  assertEquals(["/etc/passwd", "/etc", "/no/such/file"].map(platform.exists), [true, true, false]);
});
