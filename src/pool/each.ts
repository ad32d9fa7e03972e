/** The calls of a chunk: one with each of its items. */
import { explainError } from "../functions/explain.ts";
import { checkIterable } from "../parking/checks.ts";
import { EACH_SPREAD, EVERY, RETURNED, SHARED, THREW } from "../tasks/task.ts";
import { addMishap, type Mishaps } from "./mishaps.ts";

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
 * Calls a function with each item.
 *
 * @param kind `EACH` or `EACH_SPREAD`; with `EVERY`, an error ends its own call alone, and else all.
 * @param begin Called before each.
 * @param mayStop Asked after each whether the others shall be left to somebody else.
 */
export function callEach(
  fn: AnyFunction,
  items: unknown[],
  kind: number,
  begin: () => void,
  mayStop: (done: number) => boolean,
): Ending | Promise<Ending> {
  const values: unknown[] = [];
  let mishaps: Mishaps | undefined;
  let waits = false;
  const isEvery = (kind & EVERY) !== 0;
  const call = (kind & EACH_SPREAD) === 0 ? callWithItem : callWithArguments;
  for (const other of others) call(other, values);
  for (const item of items) {
    let value: unknown;
    try {
      begin();
      value = call(fn, item);
      if (isThenable(value)) {
        waits = true;
        // Looked at below, and not asked again; a rejection meanwhile is not unhandled.
        value = Promise.resolve(value);
        (value as Promise<unknown>).catch(() => {});
      }
    } catch (error) {
      if (!isEvery) {
        const failure = { outcome: THREW, value: [values, explainError(error, fn)] };
        return waits ? settleEach(fn, values, failure) : failure;
      }
      value = undefined;
      mishaps = addThrown(mishaps, values.length, fn, error);
    }
    const done = values.push(value);
    if (done === items.length || waits || !mayStop(done)) continue;
    return { outcome: SHARED, value: [values, items.slice(done), ...optional(mishaps)] };
  }
  if (!isEvery) {
    const all = { outcome: RETURNED, value: values };
    return waits ? settleEach(fn, values, all) : all;
  }
  return waits ? settleEvery(fn, values, mishaps) : everyEnding(values, mishaps);
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

/** Waits for the promises among the values; one that rejects ends nothing. */
async function settleEvery(
  fn: AnyFunction,
  values: unknown[],
  mishaps: Mishaps | undefined,
): Promise<Ending> {
  for (let i = 0; i < values.length; i++) {
    try {
      values[i] = await values[i];
    } catch (error) {
      values[i] = undefined;
      mishaps = addThrown(mishaps, i, fn, error);
    }
  }
  return everyEnding(values, mishaps);
}

function addThrown(
  mishaps: Mishaps | undefined,
  index: number,
  fn: AnyFunction,
  error: unknown,
): Mishaps {
  return addMishap(mishaps, index, THREW, () => explainError(error, fn));
}

function everyEnding(values: unknown[], mishaps: Mishaps | undefined): Ending {
  return { outcome: RETURNED, value: [values, ...optional(mishaps)] };
}

function optional<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

/** Whether a value must be waited for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}
