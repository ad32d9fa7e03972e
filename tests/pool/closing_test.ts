import process from "node:process";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { ClosedError, Pool, Process, ProcessError } from "../../mod.ts";
import * as calls from "../fixtures/pool/calls.ts";
import { Gate } from "../fixtures/pool/gate.ts";
import * as guests from "../fixtures/pool/guests.ts";
import { spin } from "../fixtures/pool/limits.ts";
import { areGone, Script } from "../process/script.ts";
import { test, until } from "../support/harness.ts";

test("close() takes no more work, and what was given is done before the workers end", async () => {
  const pool = new Pool(2);
  const { pids } = pool;
  const given = [pool.map(calls.fib, [20, 21, 22], { chunkSize: 1 }), pool.apply(calls.fib, [10])];
  pool.close();
  pool.close();
  const act = (what: string) => `Cannot ${what}: the pool is closed`;
  await assertRejects(() => pool.apply(calls.nothing), ClosedError, act("apply"));
  await assertRejects(() => pool.map(calls.square, [1]), ClosedError, act("map"));
  assertThrows(() => pool.applySync(calls.nothing), ClosedError);
  assertThrows(() => pool.imap(calls.square, [1]), ClosedError, act("imap"));
  assertThrows(() => pool.imapUnordered(calls.square, [1]), ClosedError, act("imapUnordered"));
  await pool.join();
  assertEquals(await Promise.all(given), [[6765, 10946, 17711], 55]);
  assert(areGone(pids), "the workers have ended");
  await pool.join();
});

test("a pool that has ended knows how many workers it had and what they did", async () => {
  const pool = new Pool(3);
  await pool.map(calls.square, [1, 2, 3, 4]);
  const { pids } = pool;
  pool.close();
  await pool.join();
  await using other = new Pool(1);
  await other.apply(calls.nothing);
  assertEquals([pool.size, pool.pids], [3, pids]);
  const stats = pool.stats();
  assertEquals(stats.length, 3);
  assert(stats.reduce((sum, { tasks }) => sum + tasks, 0) >= 1);
});

test("join() of an open pool throws, as it would never end", async () => {
  await using pool = new Pool(1);
  await assertRejects(() => pool.join(), ProcessError, "close or terminate it first");
});

test("await using closes and joins, also when its block throws", async () => {
  let pids: readonly number[] = [];
  let result: Promise<number> | undefined;
  await assertRejects(
    async () => {
      await using pool = new Pool(2);
      ({ pids } = pool);
      result = pool.apply(calls.fib, [20]);
      throw new RangeError("in the block");
    },
    RangeError,
    "in the block",
  );
  assertEquals(await result, 6765);
  assert(areGone(pids), "the workers have ended");
});

test("terminate() settles everything, running, queued and not yet queued, and ends the workers", async () => {
  const pool = new Pool(2);
  using board = new Gate();
  const { pids } = pool;
  const blocked = [1, 2].map((n) => pool.apply(calls.block, [board.at, n]));
  await until(() => board.load(calls.CALLS) === 2, "both workers are busy");
  const queued = Array.from({ length: 10_000 }, () => pool.apply(calls.tally, [board.at, 1]));
  const mapped = pool.starmap(calls.tally, Array(100).fill([board.at, 1]));
  const lazy = pool.imap(calls.square, [1, 2, 3]).next();
  const settled = Promise.allSettled([...blocked, ...queued, mapped, lazy]);
  await Promise.all([pool.terminate(), pool.terminate()]);
  assert(areGone(pids), "the workers have ended");
  for (const outcome of await settled) {
    assert(outcome.status === "rejected" && outcome.reason instanceof ClosedError);
  }
  assertEquals(board.load(calls.CALLS), 2);
  await assertRejects(
    async () => void await pool.apply(calls.nothing),
    ClosedError,
    "the pool is terminated",
  );
  await pool.join();
});

test("terminate() at once, while the workers are still starting", async () => {
  const pool = new Pool(2);
  const result = pool.apply(calls.fib, [5]);
  const rejected = assertRejects(() => result, ClosedError);
  await pool.terminate();
  await rejected;
});

test("close() at once, with work given and without", async () => {
  const idle = new Pool(2);
  idle.close();
  await idle.join();
  const pool = new Pool(2);
  const result = pool.apply(calls.fib, [5]);
  pool.close();
  await pool.join();
  assertEquals(await result, 5);
});

test("close() waits for no worker that has not begun to work", async () => {
  const pool = new Pool(1);
  const [pid] = pool.pids;
  // It never will.
  process.kill(pid, "SIGSTOP");
  pool.close();
  await pool.join();
  assert(areGone([pid]), "the worker has ended");
});

test("close() lets every worker run its initializer, also one that still starts", async () => {
  using board = new Gate();
  const pool = new Pool(2, { initializer: calls.tally, initArgs: [board.at, 1] });
  pool.close();
  await pool.join();
  assertEquals(board.load(calls.CALLS), 2);
});

test("close() does not wait for ever for an initializer that does: it may take as long as a task", async () => {
  const pool = new Pool(2, { initializer: spin, taskTimeout: 200 });
  const { pids } = pool;
  pool.close();
  await pool.join();
  assert(areGone(pids), "the workers have ended");
});

test("a pool that is closed in the middle of a loop over imap ends the loop, once it has done what was sent", async () => {
  const pool = new Pool(1);
  const source = pool.imap(calls.square, [1, 2, 3, 4, 5, 6, 7, 8], { bufferSize: 2 });
  const values = [(await source.next()).value];
  pool.close();
  const rest = async () => {
    for await (const value of source) values.push(value);
  };
  await assertRejects(rest, ClosedError, "Cannot imap: the pool is closed");
  await pool.join();
  assert(values.length >= 1 && values.length < 8, `${values.length} values came`);
  assertEquals(values, [1, 4, 9, 16, 25, 36, 49].slice(0, values.length));
});

for (
  const how of ["idle", "beginning", "done", "unawaited", "exit", "throw", "SIGTERM", "SIGKILL"]
) {
  test(`a program that forgets its pool ends with its workers: ${how}`, async () => {
    const script = new Script("pool/scripts/forgetful.ts", { args: [how] });
    const pids = (await script.printed(3)).slice(1).map(Number);
    assertEquals(pids.length, 2);
    if (how.startsWith("SIG")) script.kill(how as NodeJS.Signals);
    const { code, signal, stderr } = await script.ending;
    const expected = { exit: [3, null], throw: [1, null] }[how] ??
      (how.startsWith("SIG") ? [null, how] : [0, null]);
    assertEquals([code, signal], expected, stderr);
    await until(() => areGone(pids), "the workers are gone");
  });
}

test("a program that waits for the result of a forgotten pool gets it before it ends", async () => {
  const script = new Script("pool/scripts/forgetful.ts", { args: ["waiting"] });
  const { code, stdout } = await script.ending;
  assertEquals([code, stdout.split("\n").at(-2)], [0, "6765"]);
});

test("a program that waits for a forgotten pool that cannot begin is told so before it ends", async () => {
  const script = new Script("pool/scripts/forgetful.ts", { args: ["waiting for hung"] });
  const { code, stdout } = await script.ending;
  assertEquals(code, 0);
  assertStringIncludes(stdout.split("\n").at(-2)!, "its initializer failed: it ran longer than");
});

for (const how of ["apply", "timed apply", "map", "imap"]) {
  test(`a program ends that has given up what its workers still do: ${how}`, async () => {
    const script = new Script("pool/scripts/abandoned.ts", { args: [how] });
    const { code, stdout, stderr } = await script.ending;
    assertEquals([code, stdout, stderr], [0, "given up\n", ""]);
  });
}

test("what was given up and runs too long is ended, though nobody waits for it", async () => {
  await using pool = new Pool(1);
  using board = new Gate();
  const { pids } = pool;
  await guests.giveUp(pool, board.at, 500);
  await until(() => areGone(pids), "the worker is killed");
  assertEquals(await pool.apply(calls.add, [1, 2]), 3);
});

test("a process that has given up a task of a pool of others ends, and leaves them their pool", async () => {
  using board = new Gate();
  const pool = new Pool(1);
  const guest = new Process(guests.giveUp, { args: [pool, board.at, Infinity] }).start();
  await guest.join();
  assertEquals(guest.exitCode, 0);
  board.store(calls.GATE, 1);
  assertEquals(await pool.apply(calls.add, [1, 2]), 3);
  pool.close();
  await pool.join();
});

test("close() does not wait for one who has given up a task of the pool that is done by then", async () => {
  using board = new Gate();
  const pool = new Pool(1);
  const guest = new Process(guests.giveUpAndStay, { args: [pool, board.at] }).start();
  await until(() => board.load(guests.GIVEN_UP) === 1, "it has given up its task");
  board.store(calls.GATE, 1);
  pool.close();
  await pool.join();
  assert(guest.isAlive);
  board.store(guests.MAY_END, 1);
  await guest.join();
  assertEquals(guest.exitCode, 0);
});

test("a pool that is terminated by what gives its items, or is read to be sent, takes nothing more", async () => {
  const inItems = (pool: Pool) => {
    function* items(): Generator<number> {
      yield 1;
      void pool.terminate();
      yield 2;
    }
    return items();
  };
  const inGetter = (pool: Pool) => ({
    get a(): number {
      void pool.terminate();
      return 5;
    },
  });
  const ways: ((pool: Pool) => unknown)[] = [
    (pool) => pool.map(calls.square, inItems(pool)),
    (pool) => pool.map(calls.square, inItems(pool), { failFast: false, chunkSize: 1 }),
    (pool) => pool.mapSync(calls.square, inItems(pool)),
    (pool) => pool.apply(calls.same<unknown>, [inGetter(pool)]),
    (pool) => pool.apply(calls.same<unknown>, [inGetter(pool)], { timeout: 60_000 }),
    (pool) => pool.applySync(calls.same<unknown>, [inGetter(pool)]),
    (pool) => pool.map(calls.same<unknown>, [inGetter(pool)]),
    async (pool) => {
      for await (const _ of pool.imap(calls.square, inItems(pool)));
    },
  ];
  for (const way of ways) {
    const pool = new Pool(1);
    await pool.apply(calls.nothing);
    await assertRejects(async () => void await way(pool), ClosedError, "terminated");
    await pool.join();
    // Its memory may be this one's now.
    const next = new Pool(1);
    assertEquals(await next.map(calls.square, [1, 2, 3]), [1, 4, 9]);
    await next.terminate();
  }
});

test("close() waits for what was given up and is still running", async () => {
  using board = new Gate();
  const pool = new Pool(1);
  const controller = new AbortController();
  const { signal } = controller;
  const given = assertRejects(() => pool.apply(calls.block, [board.at, 1], { signal }));
  await until(() => board.load(calls.CALLS) === 1, "it has begun");
  controller.abort();
  await given;
  pool.close();
  let ended = false;
  const joined = pool.join().then(() => ended = true);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assertEquals(ended, false);
  board.store(calls.GATE, 1);
  await joined;
});

test("callbacks that throw are uncaught errors of their own, and the pool lives", async () => {
  const script = new Script("pool/scripts/callbacks.ts");
  const { code, stdout, stderr } = await script.ending;
  assertEquals([code, stdout], [0, "uncaught: mine\nuncaught: mine, too\n3\n"], stderr);
});
