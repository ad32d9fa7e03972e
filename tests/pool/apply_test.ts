import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import process from "node:process";
import { Pool, ProcessError, RemoteError, SerializationError, TimeoutError } from "../../mod.ts";
import * as calls from "../fixtures/pool/calls.ts";
import { Gate } from "../fixtures/pool/gate.ts";
import { test } from "../support/harness.ts";

test("apply calls a function with its arguments in a worker, and brings the value back", async () => {
  await using pool = new Pool(2);
  assertEquals(await pool.apply(calls.add, [1, 2]), 3);
  assertEquals(await pool.apply(calls.addLater, [1, 2]), 3);
  assertEquals(await pool.apply(calls.nothing), undefined);
  assertEquals(await pool.apply(calls.count, [undefined, null, undefined]), 3);
  const pid = await pool.apply(calls.ownPid);
  assert(pid !== process.pid && pool.pids.includes(pid), `ran in ${pid}, not in ${pool.pids}`);
  const values = new Map<unknown, unknown>([["x", [1n, -0, NaN, new Date(5), new Set(["y"])]]]);
  assertEquals(await pool.apply(calls.same, [values]), values);
  const long = "x".repeat(100_000);
  assertEquals(await pool.apply(calls.same, [long]), long);
});

test("arguments are copied when the call is made", async () => {
  await using pool = new Pool(1);
  const list = [1, 2];
  const promise = pool.apply(calls.same, [list]);
  list.push(3);
  assertEquals(await promise, [1, 2]);
});

test("an error arrives with its class, message, fields, cause and remote stack", async () => {
  await using pool = new Pool(1);
  const refusals: ((n: number) => number | Promise<number>)[] = [
    calls.refuseSevens,
    calls.refuseSevensLater,
  ];
  for (const fn of refusals) {
    const error = await assertRejects(() => pool.apply(fn, [7]), RemoteError, "no 7 here");
    assertEquals([error.name, error.pid, error.index], ["Refusal", pool.pids[0], undefined]);
    assertEquals((error as unknown as { code: string }).code, "E7");
    assertInstanceOf(error.cause, RangeError);
    assertInstanceOf(error.cause.cause, TypeError);
    assertStringIncludes(error.remoteStack, "refuseSevens");
    assertStringIncludes(error.remoteStack, "calls.ts");
    assertStringIncludes(error.stack ?? "", `process ${error.pid}`);
  }
  const thrown = await assertRejects(() => pool.apply(calls.throwString), RemoteError);
  assertEquals([thrown.message, thrown.cause], ["only a string", "only a string"]);
});

test("what cannot be sent rejects its own call, with the path to it", async () => {
  await using pool = new Pool(1);
  const given = await assertRejects(
    () => pool.apply(calls.same, [{ on: { click() {} } }]),
    SerializationError,
  );
  assertEquals(given.path, "args[0].on.click");
  const returned = await assertRejects(
    () => pool.apply(calls.returnFunction),
    SerializationError,
  );
  assertEquals(returned.path, "result.deep.fn");
  assertEquals(await pool.apply(calls.add, [1, 2]), 3);
});

test("applySync blocks until the value is there, and throws what apply rejects with", async () => {
  await using pool = new Pool(1);
  assertEquals(pool.applySync(calls.add, [1, 2]), 3);
  assertEquals(pool.applySync(calls.addLater, [1, 2]), 3);
  assertThrows(() => pool.applySync(calls.refuseSevens, [7]), RemoteError, "no 7 here");
  assertThrows(() => pool.applySync(calls.returnFunction), SerializationError);
  // What was given before is not lost, and what comes after works.
  const before = pool.apply(calls.square, [3]);
  assertEquals(pool.applySync(calls.square, [4]), 16);
  assertEquals(await before, 9);
});

test("an AsyncResult tells its state, can be awaited, and its get() can be repeated", async () => {
  await using pool = new Pool(1);
  using board = new Gate();
  const result = pool.applyAsync(calls.block, [board.at, 5]);
  assertEquals(result.ready, false);
  assertThrows(() => result.successful, ProcessError, "not ready");
  assertEquals(await result.wait({ timeout: 1 }), false);
  await assertRejects(() => result.get({ timeout: 1 }), TimeoutError, "1 ms");
  await assertRejects(() => result.get({ signal: AbortSignal.abort("enough") }).catch(wrapped));
  board.store(calls.GATE, 1);
  assertEquals([await result, await result.get(), await result.get()], [5, 5, 5]);
  assertEquals([result.ready, result.successful, await result.wait()], [true, true, true]);
  const failed = pool.applyAsync(calls.refuseSevens, [7]);
  assertEquals(await failed.wait(), true);
  assertEquals([failed.ready, failed.successful], [true, false]);
  await assertRejects(() => failed.get(), RemoteError, "no 7 here");
  await assertRejects(() => failed.get(), RemoteError, "no 7 here");
});

function wrapped(reason: unknown): never {
  throw new Error(String(reason));
}

test("callbacks are called once, with the value or the first error, and only the one that fits", async () => {
  await using pool = new Pool(2);
  const told: unknown[] = [];
  const callbacks = {
    callback: (value: unknown) => void told.push(value),
    errorCallback: (error: unknown) => void told.push((error as RemoteError).index),
  };
  await pool.applyAsync(calls.add, [1, 2], callbacks);
  await pool.mapAsync(calls.square, [1, 2, 3], callbacks);
  await pool.starmapAsync(calls.add, [[1, 2], [3, 4]], callbacks);
  await pool.mapAsync(calls.refuseSevens, [1, 7], callbacks).wait();
  assertEquals(told, [3, [1, 4, 9], [3, 7], 1]);
});

test("work whose callbacks are none is not given", async () => {
  await using pool = new Pool(1);
  using board = new Gate();
  const none = 5 as unknown as () => void;
  const count: [number, number] = [board.at, 1];
  assertThrows(() => pool.applyAsync(calls.tally, count, { callback: none }), TypeError);
  assertThrows(() => pool.mapAsync(calls.count, [1], { errorCallback: none }), TypeError);
  assertThrows(() => pool.starmapAsync(calls.tally, [count], { callback: none }), TypeError);
  await pool.apply(calls.nothing);
  assertEquals(board.load(calls.CALLS), 0);
});

test("import() calls the exports of a module in the pool, and only there", async () => {
  await using pool = new Pool(2);
  const url = import.meta.resolve("../fixtures/pool/imported.ts");
  const remote = pool.import<typeof import("../fixtures/pool/imported.ts")>(url);
  assertEquals(await remote.double(4), 8);
  assertEquals(await remote.doubleLater(4), 8);
  const pids = await Promise.all(Array.from({ length: 8 }, () => remote.importedIn()));
  assert(!pids.includes(process.pid), "the module is not imported here");
  await assertRejects(() => remote.fail(), RemoteError, "from the module");
  const loose = pool.import<Record<string, () => Promise<void>>>(new URL(url));
  await assertRejects(() => loose.missing(), RemoteError, "exports nothing of that name");
  await assertRejects(() => loose.constant(), RemoteError, "exports a number of that name");
  const absent = pool.import<Record<string, () => Promise<void>>>(new URL("./absent.ts", url));
  await assertRejects(() => absent.anything(), RemoteError);
  assertThrows(() => pool.import("./imported.ts"), TypeError);
  // A proxy is not mistaken for a promise.
  assertEquals(await Promise.resolve(remote) === remote, true);
});
