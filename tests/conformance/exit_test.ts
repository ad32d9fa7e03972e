import { assertEquals } from "@std/assert";
import { Ground, platform, runtime } from "../fixtures/conformance/ground.ts";
import { test, until } from "../support/harness.ts";
import { start } from "./children.ts";

const none = { stdin: "null", stdout: "null", stderr: "null" } as const;

function shell(script: string) {
  return runtime.spawn({ program: "/bin/sh", args: ["-c", script], ...none });
}

/** Asks how a child ended, without a turn of the event loop, until that is known. */
function peekBlocking(ground: Ground, pid: number): number | undefined {
  const start = performance.now();
  for (;;) {
    const code = platform.peekExit(pid);
    if (code !== undefined || performance.now() - start > 10_000) return code;
    platform.wait(ground.addressOf(0), 0, 1);
  }
}

test("peekExit() tells how a child ended before the event loop knows it", async () => {
  using ground = Ground.create(platform.pageSize);
  const ends = { "exit 0": 0, "exit 3": 3, "exit 137": 137, "kill -9 $$": -9, "kill -15 $$": -15 };
  for (const [script, code] of Object.entries(ends)) {
    const child = shell(script);
    assertEquals(peekBlocking(ground, child.pid), code, script);
    // The runtime still learns it.
    assertEquals((await child.exited).code, code, script);
  }
});

test("peekExit() of a child that lives, is known or is not ours is undefined", async () => {
  const child = shell("exec sleep 1000");
  assertEquals(platform.peekExit(child.pid), undefined);
  assertEquals(platform.identify(child.pid)?.ended, false);
  platform.kill(child.pid, 9);
  await child.exited;
  assertEquals(platform.peekExit(child.pid), undefined);
  assertEquals(platform.peekExit(2 ** 30), undefined);
  assertEquals(platform.peekExit(platform.parentPid()), undefined);
});

test("a child that was killed while the parent is busy is seen as ended by identify()", async () => {
  using ground = Ground.create(platform.pageSize);
  const child = shell("exec sleep 1000");
  platform.kill(child.pid, 9);
  assertEquals(peekBlocking(ground, child.pid), -9);
  assertEquals(platform.identify(child.pid)?.ended, true);
  assertEquals((await child.exited).signal, "SIGKILL");
});

test("waitExit() blocks until a child has ended, and leaves its end to the runtime", async () => {
  const child = shell("exec sleep 0.05");
  while (platform.peekExit(child.pid) === undefined) platform.waitExit(child.pid, Infinity);
  assertEquals(platform.peekExit(child.pid), 0);
  platform.waitExit(child.pid, Infinity);
  assertEquals(await child.exited, { code: 0, signal: null });
});

test("waitExit() returns after its timeout, and at once if there is no such child", async () => {
  const child = shell("exec sleep 1000");
  for (const timeout of [0, -0.5, -1, 0.5, 10]) platform.waitExit(child.pid, timeout);
  assertEquals(platform.peekExit(child.pid), undefined);
  platform.kill(child.pid, 9);
  await child.exited;
  platform.waitExit(child.pid, Infinity);
  platform.waitExit(2 ** 30, Infinity);
});

for (const busy of [true, false]) {
  const doing = busy ? "spins" : "sleeps";
  for (const signal of [9, 15, 6]) {
    test(`a child that ${doing} dies with a parent that signal ${signal} killed`, async () => {
      using ground = Ground.create(platform.pageSize);
      const parent = start("parent_child.ts", { ground: ground.ticket, busy }, { stderr: "null" });
      const orphan = await until(() => ground.words.load(0), "the grandchild runs");
      const { startTime } = platform.identify(orphan)!;
      platform.kill(parent.pid, signal);
      assertEquals((await parent.exited).code, -signal);
      await until(() => {
        const identity = platform.identify(orphan);
        return identity === undefined || identity.ended || identity.startTime !== startTime;
      }, "the grandchild is gone");
    });
  }
}

test("a child dies with a parent that ends in an orderly way", async () => {
  using ground = Ground.create(platform.pageSize);
  const parent = start("parent_child.ts", { ground: ground.ticket, busy: true, ends: true });
  const orphan = await until(() => ground.words.load(0), "the grandchild runs");
  assertEquals((await parent.exited).code, 0);
  await until(() => platform.identify(orphan)?.ended ?? true, "the grandchild is gone");
});
