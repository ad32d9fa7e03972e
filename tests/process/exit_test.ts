import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Process, ProcessDiedError, Queue } from "../../mod.ts";
import * as targets from "../fixtures/process/targets.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";
import { assertEnds, firstLineOf } from "./finish.ts";

/** Why a process has no result. */
async function deathOf(child: Process): Promise<ProcessDiedError> {
  const error = await assertRejects(() => child.result, ProcessDiedError);
  assertEquals(error.pid, child.pid);
  return error;
}

for (const target of [targets.exit, targets.exitOfDeno]) {
  for (const code of [0, 3, 255]) {
    test(`${target === targets.exit ? "process" : "Deno"}.exit(${code}) keeps its code and leaves no result`, async () => {
      const child = new Process(target, { args: [code], name: "leaver" }).start();
      const error = await deathOf(child);
      assertEquals([error.exitCode, error.signal], [code, null]);
      assertStringIncludes(error.task!, `function "(code`);
      assertEquals(
        error.message,
        `Cannot have the result of "leaver": process ${child.pid} exited with code ${code} before ` +
          "its target had returned",
      );
      await assertEnds(child, code, null);
    });
  }
}

test("an exit code that was set is kept, and so is the result", async () => {
  const child = new Process(targets.exitCode, { args: [5] }).start();
  assertEquals(await child.result, "returned");
  await assertEnds(child, 5, null);
});

test("the listeners of process for the end are called in a child", async () => {
  using heard = new Queue<number>();
  const child = new Process(targets.sayAtExit, { args: [heard] }).start();
  assertEquals(await child.result, "returned");
  await assertEnds(child, 0, null);
  assertEquals(heard.tryGet(), { state: "item", value: 0 });
});

const acts = {
  SIGTERM: (child: Process) => child.terminate(),
  SIGKILL: (child: Process) => child.kill(),
  SIGINT: (child: Process) => child.interrupt(),
};
const numbers = { SIGTERM: 15, SIGKILL: 9, SIGINT: 2 };

for (const [signal, act] of Object.entries(acts)) {
  const number = numbers[signal as keyof typeof numbers];
  for (const target of [targets.wait, targets.loop]) {
    const how = target === targets.wait ? "waits" : "computes";
    test(`${signal} ends a process that ${how}, with -${number} as its exit code`, async () => {
      const child = new Process(target, { name: "victim" }).start();
      act(child);
      const error = await deathOf(child);
      assertEquals([error.exitCode, error.signal], [-number, signal]);
      assertEquals(
        error.message,
        `Cannot have the result of "victim": process ${child.pid} was killed by ${signal} before ` +
          "its target had returned",
      );
      await assertEnds(child, -number, signal);
    });
  }
}

for (const [signal, number] of Object.entries({ SIGSEGV: 11, SIGUSR2: 12, SIGKILL: 9 })) {
  test(`a process that ${signal} ends from inside has -${number} as its exit code`, async () => {
    const child = new Process(targets.killItself, { args: [signal], stderr: "null" }).start();
    await deathOf(child);
    await assertEnds(child, -number, signal);
  });
}

test("a process that hears SIGTERM ends as it likes", async () => {
  const child = new Process(targets.wayward, { args: ["SIGTERM", 9], stdout: "piped" }).start();
  // Until it says so its handler is not there, and the signal would end it.
  assertEquals(await firstLineOf(child), "ready");
  child.terminate();
  assertEquals((await deathOf(child)).exitCode, 9);
  await assertEnds(child, 9, null);
});

test("a process killed while it starts leaves nothing", async () => {
  for (let pause = 0; pause < 8; pause++) {
    const child = new Process(targets.checkBytes, { args: [new Uint8Array(2 ** 21)] }).start();
    await new Promise((resolve) => setTimeout(resolve, pause * 4));
    child.kill();
    await child.join();
    assert(child.exitCode === -9 || child.exitCode === 0, `it ended with ${child.exitCode}`);
  }
});
