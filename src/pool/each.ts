/** The calls of a chunk: one with each of its items. */
import { explainError } from "../functions/explain.ts";
import { checkIterable } from "../parking/checks.ts";
import { RETURNED, SHARED, THREW } from "../tasks/task.ts";
import type { Unsendable } from "./unsendable.ts";

/** A function of a user's. */
// deno-lint-ignore ban-types
export type AnyFunction = Function;

/** What came of a task. */
export interface Ending {
  /** `RETURNED`, `THREW` or another of `task.ts`. */
  readonly outcome: number;
  /** What is said there of its payload. */
  readonly value: unknown;
}

/** A call of a chunk of which nothing came: its place, `THREW` and what, or `UNSENDABLE` and a description. */
export type Mishap = [index: number, outcome: number, why: unknown | Unsendable];

function argumentsIn(item: unknown): Iterable<unknown> {
  checkIterable("starmap", "an item", item);
  return item as Iterable<unknown>;
}

type Caller = (fn: AnyFunction, item: unknown) => unknown;

const callWithItem: Caller = (fn, item) => fn(item);
const callWithArguments: Caller = (fn, item) => fn(...argumentsIn(item));

/**
 * Functions that are called before the user's, at the same place. Where an engine has seen a single function it inlines
 * it, and V8 then may run a loop of the user's in code of its middle tier for as long as the worker lives, five times
 * slower. A function that it does not inline it optimizes by itself, as it would anywhere.
 */
const others: readonly AnyFunction[] = [() => 0, () => 1];

/**
 * Calls a function with each item. The first error ends it.
 *
 * @param begin Called before each.
 * @param mayStop Asked after each whether the others shall be left to somebody else.
 */
export function callEach(
  fn: AnyFunction,
  items: unknown[],
  spread: boolean,
  begin: () => void,
  mayStop: (done: number) => boolean,
): Ending | Promise<Ending> {
  const values: unknown[] = [];
  let waits = false;
  const call = spread ? callWithArguments : callWithItem;
  for (const other of others) call(other, values);
  for (const item of items) {
    try {
      begin();
      const value: unknown = call(fn, item);
      if (isThenable(value)) {
        waits = true;
        // Looked at below; a rejection meanwhile is not unhandled.
        Promise.resolve(value).catch(() => {});
      }
      const done = values.push(value);
      if (done === items.length || waits || !mayStop(done)) continue;
      return { outcome: SHARED, value: [values, items.slice(done)] };
    } catch (error) {
      const failure = { outcome: THREW, value: [values, explainError(error, fn)] };
      return waits ? settleEach(fn, values, failure) : failure;
    }
  }
  return waits
    ? settleEach(fn, values, { outcome: RETURNED, value: values })
    : { outcome: RETURNED, value: values };
}

/** Waits for the promises among the values; the first that rejects ends the array. */
async function settleEach(fn: AnyFunction, values: unknown[], ending: Ending): Promise<Ending> {
  for (let i = 0; i < values.length; i++) {
    try {
      values[i] = await values[i];
    } catch (error) {
      return { outcome: THREW, value: [values.slice(0, i), explainError(error, fn)] };
    }
  }
  return ending;
}

/** The same, but an error ends its own call alone. */
export function callEvery(
  fn: AnyFunction,
  items: unknown[],
  spread: boolean,
  begin: () => void,
  mayStop: (done: number) => boolean,
): Ending | Promise<Ending> {
  const values: unknown[] = [];
  const mishaps: Mishap[] = [];
  let waits = false;
  const call = spread ? callWithArguments : callWithItem;
  for (const other of others) call(other, values);
  for (const item of items) {
    let value: unknown;
    try {
      begin();
      value = call(fn, item);
      if (isThenable(value)) {
        waits = true;
        Promise.resolve(value).catch(() => {});
      }
    } catch (error) {
      value = undefined;
      mishaps.push([values.length, THREW, explainError(error, fn)]);
    }
    const done = values.push(value);
    if (done === items.length || waits || !mayStop(done)) continue;
    return { outcome: SHARED, value: [values, items.slice(done), mishaps] };
  }
  return waits ? settleEvery(fn, values, mishaps) : { outcome: RETURNED, value: [values, mishaps] };
}

/** Waits for the promises among the values. */
async function settleEvery(
  fn: AnyFunction,
  values: unknown[],
  mishaps: Mishap[],
): Promise<Ending> {
  for (let i = 0; i < values.length; i++) {
    try {
      values[i] = await values[i];
    } catch (error) {
      values[i] = undefined;
      mishaps.push([i, THREW, explainError(error, fn)]);
    }
  }
  return { outcome: RETURNED, value: [values, mishaps] };
}

/** Whether a value must be waited for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}
