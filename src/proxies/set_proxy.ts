/** A set that a manager hosts, as its users see it. */
import { Hosted, setProxyOf } from "./hosted.ts";
import { type Async, type Batches, operate, plain, type Sync, type Table } from "./operations.ts";
import { packedItems } from "./packing.ts";
import { seal } from "./sealed.ts";
import { TYPE } from "./types.ts";

/**
 * What can be done with a set of a manager: the methods of a `Set`, and some more. Each comes as a promise, and with
 * `Sync` at the end of its name as a call that blocks the thread.
 */
export interface SetOperations<T> {
  /** Adds a copy of an item; returns whether it was new. */
  add(item: T): boolean;
  /** Adds many items, in one message and as one step; returns how many were new. */
  addAll(items: Iterable<T>): number;
  /** Whether an item is there. */
  has(item: T): boolean;
  /** Deletes an item; returns whether it was there. */
  delete(item: T): boolean;
  /** Deletes everything. */
  clear(): void;
  /** How many items there are. */
  size(): number;
  /** Copies of the items, in the order in which they were added. */
  values(): T[];
  /** A copy of everything, as it was at one moment. */
  snapshot(): Set<T>;
}

/**
 * A set that lives in a manager's process, and is the same one for everybody who has a proxy.
 *
 * Items are copied, in and out, but for what is shared. They are equal if a `Set` would take them for equal, and
 * objects if they have the same contents, with their keys in the same order. Each call is one step.
 */
export interface SetProxy<T = unknown>
  extends
    Async<SetOperations<T>>,
    Sync<SetOperations<T>>,
    Batches<SetOperations<T>>,
    Iterable<T>,
    AsyncIterable<T>,
    Disposable {
  /** This process does not use it any more. Not necessary: the garbage collector does so, too. */
  dispose(): void;
}

const item = (item: unknown): readonly unknown[] => [seal(item, "item")];

/** The operations of a set as they are sent. */
export const SET: Table<SetOperations<unknown>> = {
  add: { pack: item },
  addAll: {
    pack: (items: Iterable<unknown>) => [packedItems("add to the set", items)],
  },
  has: { pack: item },
  delete: { pack: item },
  clear: { pack: plain },
  size: { pack: plain },
  values: { pack: plain },
  snapshot: { pack: plain, show: (items: unknown[]) => new Set(items) },
};

class SetOfManager extends Hosted {
  get [Symbol.toStringTag](): string {
    return "SetProxy";
  }

  [Symbol.iterator](): Iterator<unknown> {
    return (this as unknown as SetProxy).valuesSync()[Symbol.iterator]();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    yield* await (this as unknown as SetProxy).values();
  }
}

operate(SetOfManager.prototype, SET);
setProxyOf(TYPE.set, () => new SetOfManager());
