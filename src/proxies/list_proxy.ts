/** A list that a manager hosts, as its users see it. */
import { Hosted, setProxyOf } from "./hosted.ts";
import {
  type Async,
  type Batches,
  operate,
  plain,
  plainAndValue,
  type Sync,
  type Table,
  values,
} from "./operations.ts";
import { seal } from "./sealed.ts";
import { TYPE } from "./types.ts";
import { update, updateSync } from "./versions.ts";

/**
 * What can be done with a list of a manager: the methods of an `Array`, and some more. Each comes as a promise, and
 * with `Sync` at the end of its name as a call that blocks the thread. Positions below 0 count from the end.
 */
export interface ListOperations<T> {
  /** A copy of the item at a position; `undefined` if there is none. */
  at(index: number): T | undefined;
  /**
   * Sets the item at a position.
   *
   * @throws {RangeError} if there is no item there.
   */
  set(index: number, item: T): void;
  /** Appends items; returns how many there are then. */
  push(...items: T[]): number;
  /** Takes the last item away; `undefined` if there is none. */
  pop(): T | undefined;
  /** Takes the first item away; `undefined` if there is none. */
  shift(): T | undefined;
  /** Puts items in front; returns how many there are then. */
  unshift(...items: T[]): number;
  /** Takes items away, puts others there, and returns those that were taken. */
  splice(start: number, deleteCount?: number, ...items: T[]): T[];
  /** Copies of the items from `start` to before `end`. */
  slice(start?: number, end?: number): T[];
  /** The position of the first item that has the same contents; -1 if there is none. */
  indexOf(item: T): number;
  /** Whether some item has the same contents. */
  includes(item: T): boolean;
  /** Reverses the order. */
  reverse(): void;
  /** Sorts as `Array.prototype.sort` does without a function; numbers by their size, if all items are numbers. */
  sort(): void;
  /** Takes all items away. */
  clear(): void;
  /** How many items there are. */
  length(): number;
  /** A copy of everything, as it was at one moment. */
  snapshot(): T[];
}

/**
 * A list that lives in a manager's process, and is the same one for everybody who has a proxy.
 *
 * **Items are copied, in and out.** To change what `at()` has returned changes nothing in the list: set it again, or
 * use {@linkcode ListProxy.update}. What is shared is not copied: proxies, shared arrays, locks and queues.
 *
 * Each call is one step, and so is a batch.
 */
export interface ListProxy<T = unknown>
  extends
    Async<ListOperations<T>>,
    Sync<ListOperations<T>>,
    Batches<ListOperations<T>>,
    Iterable<T>,
    AsyncIterable<T>,
    Disposable {
  /**
   * Changes an item in one step, whoever else changes the list at the same time.
   *
   * @param index Its position.
   * @param change Makes the new item of the old one. It runs in this process, and again if the list has changed meanwhile.
   * @returns The new item.
   * @throws {RangeError} if there is no item there.
   */
  update(index: number, change: (item: T) => T | Promise<T>): Promise<T>;
  /** Like {@linkcode ListProxy.update}, but blocks this thread. */
  updateSync(index: number, change: (item: T) => T): T;
  /** This process does not use it any more. Not necessary: the garbage collector does so, too. */
  dispose(): void;
}

/** The operations of a list as they are sent. */
export const LIST: Table<ListOperations<unknown>> = {
  at: { pack: plain },
  set: { pack: plainAndValue },
  push: { pack: values },
  pop: { pack: plain },
  shift: { pack: plain },
  unshift: { pack: values },
  splice: {
    pack: (start: number, count?: number, ...items: unknown[]) => [
      start,
      count ?? Number.MAX_SAFE_INTEGER,
      ...items.map((item) => seal(item, "item")),
    ],
  },
  slice: { pack: plain },
  indexOf: { pack: values },
  includes: { pack: values },
  reverse: { pack: plain },
  sort: { pack: plain },
  clear: { pack: plain },
  length: { pack: plain },
  snapshot: { pack: plain },
};

class List extends Hosted {
  get [Symbol.toStringTag](): string {
    return "ListProxy";
  }

  update(index: number, change: (value: never) => unknown): Promise<unknown> {
    return update(this, [index], change);
  }

  updateSync(index: number, change: (value: never) => unknown): unknown {
    return updateSync(this, [index], change);
  }

  [Symbol.iterator](): Iterator<unknown> {
    return (this as unknown as ListProxy).snapshotSync()[Symbol.iterator]();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    yield* await (this as unknown as ListProxy).snapshot();
  }
}

operate(List.prototype, LIST);
setProxyOf(TYPE.list, () => new List());
