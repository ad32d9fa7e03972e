import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { Pool, ProcessDiedError, ProcessError, RemoteError, TimeoutError } from "../../mod.ts";
import * as calls from "../fixtures/pool/calls.ts";
import { Gate } from "../fixtures/pool/gate.ts";
import * as work from "../fixtures/pool/limits.ts";
import { Script } from "../process/script.ts";
import { test, until } from "../support/harness.ts";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(`${tmpdir()}/limits-`);
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("an initializer runs once in every worker, before its first task", async () => {
  await using pool = new Pool(2, { initializer: work.initialize, initArgs: [7] });
  assertEquals(await pool.map((n: number) => n, [1, 2, 3]), [1, 2, 3]);
  const states = await Promise.all(Array.from({ length: 20 }, () => pool.apply(work.currentState)));
  assertEquals(new Set(states), new Set([7]));
});

test("an initializer that fails rejects the pool, now and later", async () => {
  const pool = new Pool(2, { initializer: work.initializeBadly });
  const error = await assertRejects(() => pool.apply(work.currentState), ProcessError);
  assertStringIncludes(error.message, "no initializer of mine");
  await assertRejects(async () => await pool.apply(work.currentState), ProcessError);
  await pool.join();
});

test("an initializer that fails ends a call that blocks, with its error", async () => {
  const pool = new Pool(1, { initializer: work.initializeBadly });
  const error = assertThrows(() => pool.applySync(work.currentState), ProcessError);
  assertStringIncludes(error.message, "its initializer failed: no initializer of mine");
  assertInstanceOf(error.cause, RemoteError);
  await pool.join();
});

test("an initializer that kills its worker rejects the pool", async () => {
  const pool = new Pool(1, { initializer: work.dieAtOnce });
  const error = await assertRejects(() => pool.apply(work.currentState), ProcessError);
  assertStringIncludes(error.message, "die before they begin");
  await pool.join();
});

test("a worker is replaced after its number of tasks", async () => {
  await using pool = new Pool(1, { maxTasksPerWorker: 2 });
  const pids: number[] = [];
  for (let i = 0; i < 6; i++) pids.push(await pool.apply(work.ownPid));
  assertEquals(new Set(pids).size, 3);
  assertEquals(pids[0], pids[1]);
});

test("no task is lost when workers are replaced", async () => {
  await using pool = new Pool(2, { maxTasksPerWorker: 3 });
  const items = Array.from({ length: 40 }, (_, i) => i);
  assertEquals(await pool.map(work.same<number>, items, { chunkSize: 1 }), items);
});

test("a worker is replaced when it has grown", async () => {
  await using pool = new Pool(1, { maxMemoryPerWorker: 2 ** 28 });
  const first = await pool.apply(work.hold, [2 ** 29]);
  assert(await pool.apply(work.ownPid) !== first);
});

test("a task that runs too long is ended, with its worker alone", async () => {
  await using pool = new Pool(2, { taskTimeout: 200 });
  // On a machine with much to do, a short task, too, may not get a processor for 200 ms.
  const timeout = 60_000;
  const slow = assertRejects(() => pool.apply(work.spin), TimeoutError, "200 ms");
  assertEquals(await pool.apply(work.add, [1, 2], { timeout }), 3);
  await slow;
  await assertRejects(
    () => pool.apply(work.spinLater, [], { timeout: 100 }),
    TimeoutError,
    "100 ms",
  );
  assertEquals(await pool.map(work.same<number>, [1, 2, 3], { timeout }), [1, 2, 3]);
  assertEquals(pool.size, 2);
});

test("a task whose worker died is run again as often as was asked", async () => {
  await inFolder(async (folder) => {
    await using pool = new Pool(2);
    assertEquals(await pool.apply(work.dieOnce, [`${folder}/a`], { retries: 1 }), "survived");
    await assertRejects(() => pool.apply(work.dieOnce, [`${folder}/b`]), ProcessDiedError);
    const death = () => pool.apply(work.dieAtOnce, [], { retries: 2 });
    const error = await assertRejects(death, ProcessDiedError);
    const { pid, message } = error;
    const task = 'function "dieAtOnce"';
    assertEquals([error.task, error.exitCode, error.signal], [task, -9, "SIGKILL"]);
    const why =
      `Cannot finish ${task}: process ${pid}, a worker of the pool, was killed by SIGKILL`;
    assertEquals(message, why);
    // Too large for a record of its own.
    const long = `${folder}/${"./".repeat(200)}${"y".repeat(100)}`;
    assertEquals(await pool.apply(work.dieOnce, [long], { retries: 1 }), "survived");
  });
});

test("a task that nobody waits for is not run again when its worker dies", async () => {
  using board = new Gate();
  const pool = new Pool(1);
  const controller = new AbortController();
  const { signal } = controller;
  const options = { signal, retries: 3 };
  const given = assertRejects(() => pool.apply(calls.block, [board.at, 1], options));
  await until(() => board.load(calls.CALLS) === 1, "it has begun");
  controller.abort();
  await given;
  process.kill(pool.pids[0], "SIGKILL");
  board.store(calls.GATE, 1);
  assertEquals(await pool.apply(work.add, [1, 2]), 3);
  pool.close();
  await pool.join();
  assertEquals(board.load(calls.CALLS), 1);
});

test("times may be longer than timers and words can tell", async () => {
  const script = new Script("pool/scripts/long_timeouts.ts");
  const { code, stdout, stderr } = await script.ending;
  assertEquals([code, stdout, stderr], [0, "rested rested\n".repeat(3), ""]);
});

test("the synchronous twins block until the value is there", async () => {
  await using pool = new Pool(2);
  assertEquals(pool.applySync(work.add, [1, 2]), 3);
  assertEquals(pool.mapSync(work.same<number>, [1, 2, 3]), [1, 2, 3]);
  assertThrows(() => pool.mapSync(work.refuseThree, [3]), RemoteError, "three");
  assertThrows(() => pool.applySync(work.spin, [], { timeout: 100 }), TimeoutError);
  assertThrows(
    () => pool.applySync(work.dieAtOnce),
    ProcessDiedError,
    'finish function "dieAtOnce"',
  );
  assertThrows(() => pool.applySync(work.exitAsIfDone), ProcessDiedError, "exited with code 0");
  assertEquals(pool.applySync(work.add, [2, 2]), 4);
});

test("options that are out of bounds throw at once", () => {
  for (const options of [{ maxTasksPerWorker: 0 }, { taskTimeout: -1 }, { retries: NaN }]) {
    assertThrows(() => new Pool(1, options), RangeError);
  }
});
