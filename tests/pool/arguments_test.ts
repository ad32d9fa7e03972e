import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type AsyncResult, Pool, Process, SerializationError } from "../../mod.ts";
import type * as imported from "../fixtures/pool/imported.ts";
import * as calls from "../fixtures/pool/calls.ts";
import { test } from "../support/harness.ts";

/** No count of anything. */
const notCounts = [0, -1, 1.5, NaN, Infinity, "3", null, {}] as unknown as number[];
/** No time, and no number of tries. */
const notAmounts = [-1, NaN, "3", null, {}] as unknown as number[];

test("a pool of no, negative, fractional or too many workers throws at once", () => {
  for (const workers of [...notCounts, 513]) {
    assertThrows(() => new Pool(workers), RangeError, "workers");
  }
});

test("options of a pool that are out of bounds throw at once", () => {
  for (const count of notCounts) {
    assertThrows(() => new Pool(1, { maxTasksPerWorker: count }), RangeError, "maxTasksPerWorker");
  }
  for (const amount of notAmounts) {
    assertThrows(() => new Pool(1, { taskTimeout: amount }), RangeError, "taskTimeout");
    assertThrows(() => new Pool(1, { retries: amount }), RangeError, "retries");
    assertThrows(
      () => new Pool(1, { maxMemoryPerWorker: amount }),
      RangeError,
      "maxMemoryPerWorker",
    );
  }
  assertThrows(() => new Pool(1, { retries: 1.5 }), RangeError, "retries");
  const notFunctions = [null, 5, "f", {}] as unknown as (() => void)[];
  for (const initializer of notFunctions) {
    assertThrows(() => new Pool(1, { initializer }), TypeError);
  }
  const initArgs: [unknown] = [() => {}];
  const unsendable = () => new Pool(1, { initializer: calls.same<unknown>, initArgs });
  assertThrows(unsendable, SerializationError, "initArgs[0]");
});

test("bad options of a call throw or reject at once, and name themselves", async () => {
  await using pool = new Pool(1);
  const { square } = calls;
  for (const chunkSize of notCounts) {
    await assertRejects(() => pool.map(square, [1], { chunkSize }), RangeError, "chunkSize");
    assertThrows(() => pool.mapSync(square, [1], { chunkSize }), RangeError, "chunkSize");
    await assertRejects(
      async () => void await pool.mapAsync(square, [1], { chunkSize }),
      RangeError,
      "chunkSize",
    );
    assertThrows(() => pool.imap(square, [1], { chunkSize }), RangeError, "chunkSize");
    assertThrows(() => pool.imapUnordered(square, [1], { chunkSize }), RangeError, "chunkSize");
  }
  for (const bufferSize of notCounts) {
    assertThrows(() => pool.imap(square, [1], { bufferSize }), RangeError, "bufferSize");
  }
  for (const amount of notAmounts) {
    const run = (options: object) => () => pool.apply(square, [1], options);
    await assertRejects(run({ timeout: amount }), RangeError, "timeout");
    await assertRejects(run({ retries: amount }), RangeError, "retries");
    await assertRejects(() => pool.map(square, [1], { timeout: amount }), RangeError, "timeout");
    assertThrows(() => pool.imap(square, [1], { retries: amount }), RangeError, "retries");
  }
});

test("what is no function throws or rejects at once", async () => {
  await using pool = new Pool(1);
  for (const none of [undefined, null, 5, "f", {}] as unknown as (() => void)[]) {
    await assertRejects(() => pool.apply(none), TypeError);
    assertThrows(() => pool.applySync(none), TypeError);
    await assertRejects(() => pool.map(none, [1]), TypeError);
    assertThrows(() => pool.mapSync(none, [1]), TypeError);
    await assertRejects(() => pool.starmap(none, []), TypeError);
    assertThrows(() => pool.imap(none, [1]), TypeError);
  }
});

test("items that are not iterable, and callbacks that are no functions, throw or reject at once", async () => {
  await using pool = new Pool(1);
  for (const none of [undefined, null, 5, {}] as unknown as number[][]) {
    await assertRejects(() => pool.map(calls.square, none), TypeError);
    assertThrows(() => pool.mapSync(calls.square, none), TypeError);
    assertThrows(() => pool.imap(calls.square, none), TypeError);
  }
  const none = 5 as unknown as () => void;
  await assertRejects(() => pool.map(calls.square, [1], { onProgress: none }), TypeError);
  assertThrows(() => pool.applyAsync(calls.square, [1], { callback: none }), TypeError);
  assertThrows(() => pool.applyAsync(calls.square, [1], { errorCallback: none }), TypeError);
  assertEquals(await pool.apply(calls.square, [3]), 9);
});

/** Type checked, never called. */
export function typed(pool: Pool): void {
  // @ts-expect-error: fib takes a number.
  void pool.map(calls.fib, ["x"]);
  // @ts-expect-error: fib takes a number.
  void pool.apply(calls.fib, ["x"]);
  // @ts-expect-error: fib takes an argument.
  void pool.apply(calls.fib);
  // @ts-expect-error: fib takes one argument.
  void pool.apply(calls.fib, [1, 2]);
  // @ts-expect-error: add takes two.
  void pool.apply(calls.add, [1]);
  // @ts-expect-error: add takes numbers.
  void pool.starmap(calls.add, [[1, "x"]]);
  // @ts-expect-error: fib takes a number.
  void pool.imap(calls.fib, ["x"]);
  // @ts-expect-error: fib takes a number.
  pool.mapSync(calls.fib, ["x"]);
  // @ts-expect-error: an initializer gets what it takes.
  void new Pool(1, { initializer: calls.add, initArgs: [1, "x"] });
  // @ts-expect-error: this initializer takes two arguments.
  void new Pool(1, { initializer: calls.add });
  // @ts-expect-error: fib takes an argument.
  void new Process(calls.fib);
  // @ts-expect-error: fib takes an argument, and a name is none.
  void new Process(calls.fib, { name: "fib" });
  // @ts-expect-error: the callback gets a number.
  pool.applyAsync(calls.fib, [1], { callback: (_: string) => {} });
  const remote = pool.import<typeof imported>("file:///imported.ts");
  // @ts-expect-error: double takes a number.
  void remote.double("x");
  // @ts-expect-error: a number is not called.
  void remote.constant();
}

/** Type checked, never called: what comes back has its type. */
export function results(pool: Pool): readonly unknown[] {
  const one: Promise<number> = pool.apply(calls.addLater, [1, 2]);
  const many: Promise<number[]> = pool.map(calls.squareLater, [1]);
  const blocking: number = pool.applySync(calls.addLater, [1, 2]);
  const later: AsyncResult<number[]> = pool.starmapAsync(calls.add, [[1, 2]]);
  const lazy: AsyncIterableIterator<number> = pool.imap(calls.squareLater, new Set([1]));
  const remote: Promise<number> = pool.import<typeof imported>("file:///x.ts").doubleLater(1);
  return [one, many, blocking, later, lazy, remote];
}
