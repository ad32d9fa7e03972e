import process from "node:process";
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  Pool,
  Process,
  ProcessDiedError,
  ProcessError,
  RemoteError,
  TimeoutError,
} from "../../mod.ts";
import { BEGIN, DONE, killAndRecover, STAGE } from "../fixtures/pool/bystander.ts";
import * as nested from "../fixtures/pool/nested.ts";
import { Board } from "../fixtures/sync/board.ts";
import { test, until } from "../support/harness.ts";

const GATE = 0;
const CALLS = 1;
const PID = 2;

for (const workers of [1, 2, 4]) {
  test(`tasks wait for tasks of their own in a pool of ${workers}`, async () => {
    await using pool = new Pool(workers);
    assertEquals(await pool.apply(nested.fib, [13]), 233);
    assertEquals(await pool.apply(nested.fibSync, [10]), 55);
    const numbers = Array.from({ length: 300 }, (_, i) => (i * 7919) % 1009);
    assertEquals(await pool.apply(nested.sort, [numbers]), numbers.toSorted((a, b) => a - b));
    assertEquals(await pool.apply(nested.mapSync, [[1, 2, 3]]), [2, 3, 4]);
    assertEquals(await pool.apply(nested.isItsOwn, [pool]), true);
    assertEquals(await pool.map(nested.fib, [5, 6, 7]), [5, 8, 13]);
  });
}

test("a chain of tasks is deeper than the tasks that overlap", async () => {
  await using pool = new Pool(1);
  assertEquals(await pool.apply(nested.depth, [3_000]), 3_000);
});

test("a worker that has done its share still does what its tasks wait for", async () => {
  await using pool = new Pool(1, { maxTasksPerWorker: 1 });
  assertEquals(await pool.apply(nested.fib, [6]), 8);
  assertEquals(await pool.apply(nested.depth, [5]), 5);
});

for (const limits of [{ maxTasksPerWorker: 1 }, { maxMemoryPerWorker: 1 }]) {
  for (const workers of [1, 2]) {
    const what = `${Object.keys(limits)} of 1, ${workers} workers`;
    test(`a worker that has done its share does what its tasks submit later: ${what}`, async () => {
      await using pool = new Pool(workers, limits);
      assertEquals(await pool.apply(nested.depthLater, [5]), 5);
      const depths = await pool.map(nested.depthLater, [1, 2, 3], { chunkSize: 1 });
      assertEquals(depths, [1, 2, 3]);
    });
  }
}

test("an error in a task of a task passes through", async () => {
  await using pool = new Pool(2);
  const error = await assertRejects(() => pool.apply(nested.passError), RemoteError, "not today");
  assertStringIncludes(error.remoteStack ?? "", "refuse");
});

for (const sink of [nested.sink, nested.sinkSync]) {
  test(`an error comes from however deep as what it was, and no longer than that: ${sink.name}`, async () => {
    await using pool = new Pool(2);
    const sizes: number[] = [];
    for (const depth of [1, 200, 300]) {
      const error = await assertRejects(() => pool.apply(sink, [depth]), RemoteError, "the ground");
      assertEquals(error.name, "RangeError");
      assert(error.cause instanceof RangeError);
      assertFalse(error.cause instanceof RemoteError);
      assert(pool.pids.includes(error.pid));
      assertStringIncludes(error.stack!, "the ground");
      assertStringIncludes(error.remoteStack, sink.name);
      sizes.push(error.stack!.length);
    }
    assert(Math.max(...sizes) < 100_000, `stacks of ${sizes} characters`);
  });
}

test("recursion on the thread that is deeper than its stack ends in an error, and the pool goes on", async () => {
  const pool = new Pool(2);
  for (let i = 0; i < 3; i++) {
    const why = "Cannot wait for a task on this thread";
    await assertRejects(() => pool.apply(nested.depthSync, [1_000_000]), RemoteError, why);
    assertEquals(await pool.map(nested.increment, [1, 2, 3]), [2, 3, 4]);
  }
  assertEquals(await pool.apply(nested.depthSync, [200]), 200);
  pool.close();
  await pool.join();
});

test("waiting on the thread for an asynchronous function that nobody else can run throws", async () => {
  await using pool = new Pool(1);
  await assertRejects(() => pool.apply(nested.waitForAsync), RemoteError, "await pool.apply()");
});

test("waiting on the thread, a task still ends what another worker runs too long for it", async () => {
  using board = new Board();
  await using pool = new Pool(2);
  const told = await pool.apply(nested.waitForOther, [board.at, 200]);
  assertStringIncludes(told, "TimeoutError: Cannot finish a task: it ran longer than 200 ms");
  assertEquals(board.load(CALLS), 1);
  assertEquals(await pool.map(nested.increment, [1, 2, 3]), [2, 3, 4]);
});

test("what a task runs on its own thread ends with the timeout of that task, or of the pool", async () => {
  using board = new Board();
  for (const [taskTimeout, timeout] of [[undefined, 400], [400, undefined]]) {
    await using pool = new Pool(1, { taskTimeout });
    await assertRejects(
      () => pool.apply(nested.waitForItself, [board.at, 100], { timeout }),
      TimeoutError,
      "400 ms",
    );
    assertEquals(await pool.apply(nested.increment, [1], { timeout: 60_000 }), 2);
  }
});

test("only who made a pool closes it", async () => {
  await using pool = new Pool(1);
  for (const act of ["close", "terminate", "join"] as const) {
    await assertRejects(
      () => pool.apply(nested.tryTo, [act]),
      RemoteError,
      `Cannot ${act} the pool`,
    );
  }
  assertThrows(() => Pool.current(), ProcessError, "no worker");
});

test("a pool that is closed ends after what its tasks have given it", async () => {
  using board = new Board();
  const pool = new Pool(2);
  for (let i = 0; i < 20; i++) void pool.apply(nested.unawaited, [board.at]);
  pool.close();
  await pool.join();
  assertEquals(board.load(CALLS), 20);
});

test("a pool can be sent to a process, which uses it like its own", async () => {
  await using pool = new Pool(2);
  const guests = [1, 2].map(() => new Process(nested.sumOf, { args: [pool, 200] }).start());
  assertEquals(await Promise.all(guests.map(({ result }) => result)), [20100, 20100]);
  assertEquals(await nested.sumOf(pool, 10), 55);
  for (const guest of guests) await guest.join();
  const workers = pool.stats();
  // One may have done all before the other had begun.
  assert(workers.some(({ tasks, wait }) => tasks > 0 && wait > 0), "somebody works");
  assert(workers.every(({ busy, wait }) => busy >= 0 && wait >= 0), "nobody works backwards");
});

test("what a worker had submitted and nobody had begun dies with it", async () => {
  using board = new Board();
  await using pool = new Pool(2);
  const parent = assertRejects(
    () => pool.apply(nested.submitAndWait, [board.at, 10]),
    ProcessDiedError,
  );
  await until(() => board.load(PID) !== 0 && board.load(CALLS) > 0, "tasks of the task run");
  const begun = board.load(CALLS);
  assert(begun <= 2, "each worker runs one of them");
  process.kill(board.load(PID), "SIGKILL");
  await parent;
  const after = board.load(CALLS);
  board.store(GATE, 1);
  assertEquals(await pool.map(nested.increment, [1, 2, 3]), [2, 3, 4]);
  assert(board.load(CALLS) <= after + 1, "those that nobody had begun are not run");
});

test("the tasks of a process that dies are dropped, and others take its place", async () => {
  using board = new Board();
  await using pool = new Pool(1);
  for (let round = 0; round < 2; round++) {
    board.store(GATE, 0);
    board.store(CALLS, 0);
    board.store(PID, 0);
    const guest = new Process(nested.submitAndBlock, { args: [pool, board.at, 50] }).start();
    await until(() => board.load(PID) !== 0 && board.load(CALLS) === 1, "one of its tasks runs");
    guest.kill();
    await guest.join();
    await assertRejects(() => guest.result, ProcessDiedError);
    board.store(GATE, 1);
    assertEquals(await pool.apply(nested.increment, [1]), 2);
    assertEquals(board.load(CALLS), 1);
  }
});

test("a guest is told how the worker ended that it had lost a task with", async () => {
  await using pool = new Pool(1);
  for (const [fn, exitCode, signal] of [["exitWith", 3, null], ["dieOf", -9, "SIGKILL"]] as const) {
    using board = new Board();
    const guest = new Process(nested.lossOf, { args: [pool, fn, board.at] }).start();
    const isNoted = () => board.load(PID) !== 0 && !pool.pids.includes(board.load(PID));
    await until(isNoted, "the end of the worker is noted, and another has its place");
    board.store(GATE, 1);
    const loss = await guest.result;
    assertEquals([loss.exitCode, loss.signal, loss.pid], [exitCode, signal, board.load(PID)]);
    await guest.join();
  }
});

test("a death is mourned also if a child recovers it that has never loaded a pool", async () => {
  using board = new Board();
  const pool = new Pool(1);
  const bystander = new Process(killAndRecover, { args: [board.at] }).start();
  const guest = new Process(nested.submitAndBlock, { args: [pool, board.at, 50] }).start();
  await until(() => board.load(PID) !== 0 && board.load(CALLS) === 1, "one of its tasks runs");
  board.store(STAGE, BEGIN);
  // Its event loop does not turn: this process sees nothing of it before the other has.
  while (board.load(STAGE) !== DONE);
  board.store(GATE, 1);
  assertEquals(await pool.apply(nested.increment, [1]), 2);
  await assertRejects(() => guest.result, ProcessDiedError);
  await bystander.join();
  pool.close();
  await pool.join();
  assertEquals(board.load(CALLS), 1);
});

test("a worker that has nothing to do takes from the chunk that another is in", async () => {
  await using pool = new Pool(2);
  await pool.map(nested.nap, Array(20).fill(1));
  // Long ones lie together, at one end.
  for (const items of [[...Array(20).fill(10), ...Array(180).fill(0)], Array(64 * 20).fill(1)]) {
    assertEquals(await pool.map(nested.nap, items), items);
  }
  const reversed = [...Array(180).fill(0), ...Array(20).fill(10)];
  assertEquals(await pool.map(nested.nap, reversed), reversed);
  const steals = pool.stats().reduce((sum, worker) => sum + worker.steals, 0);
  assert(steals > 0, `${steals} tasks were taken from another worker`);
});
