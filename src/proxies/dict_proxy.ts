/** A dict that a manager hosts, as its users see it. */
import { Hosted, setProxyOf } from "./hosted.ts";
import {
  type Async,
  type Batches,
  key,
  keyAndValue,
  operate,
  plain,
  type Sync,
  type Table,
} from "./operations.ts";
import { packedEntries } from "./packing.ts";
import { TYPE } from "./types.ts";
import { update, updateSync } from "./versions.ts";
import { viewOf } from "./view.ts";

/**
 * What can be done with a dict of a manager: the methods of a `Map`, and some that take one step for what would be
 * two. Each comes as a promise, and with `Sync` at the end of its name as a call that blocks the thread.
 */
export interface DictOperations<K, V> {
  /** A copy of the value of a key; `undefined` if there is none. */
  get(key: K): V | undefined;
  /** Whether there is such a key. */
  has(key: K): boolean;
  /** Sets a copy of a value. */
  set(key: K, value: V): void;
  /** Deletes a key; returns whether it was there. */
  delete(key: K): boolean;
  /** Deletes a key and returns its value; `undefined` if it was not there. */
  take(key: K): V | undefined;
  /** The value of a key; if it was not there, it is set to this one before. */
  getOrInsert(key: K, value: V): V;
  /** Sets many keys, in one message and as one step. */
  setAll(entries: Iterable<readonly [K, V]>): void;
  /** Deletes everything. */
  clear(): void;
  /** How many keys there are. */
  size(): number;
  /** The keys, in the order in which they were first set. */
  keys(): K[];
  /** Copies of the values, in that order. */
  values(): V[];
  /** Both. */
  entries(): [K, V][];
  /** A copy of everything, as it was at one moment. */
  snapshot(): Map<K, V>;
}

/**
 * A dict that lives in a manager's process, and is the same one for everybody who has a proxy.
 *
 * **Values are copied, in and out.** To change what `get()` has returned changes nothing in the dict: set it again,
 * or use {@linkcode DictProxy.update}. What is shared is not copied: proxies, shared arrays, locks and queues, as a
 * key's value or anywhere inside of one, are the same ones for everybody.
 *
 * Each call is one step, and so is a batch. Keys are equal if a `Map` would take them for equal, and objects
 * if they have the same contents, with their keys in the same order.
 */
export interface DictProxy<K = unknown, V = unknown>
  extends
    Async<DictOperations<K, V>>,
    Sync<DictOperations<K, V>>,
    Batches<DictOperations<K, V>>,
    Iterable<[K, V]>,
    AsyncIterable<[K, V]>,
    Disposable {
  /**
   * Changes the value of a key in one step, whoever else changes it at the same time.
   *
   * @param key The key.
   * @param change Makes the new value of the old one, which is `undefined` if there is none. It runs in this process,
   * and again if the value has changed meanwhile.
   * @returns The new value.
   */
  update(key: K, change: (value: V | undefined) => V | Promise<V>): Promise<V>;
  /** Like {@linkcode DictProxy.update}, but blocks this thread. */
  updateSync(key: K, change: (value: V | undefined) => V): V;
  /**
   * The dict as an object: `view["key"] = value` sets, reading gets, and `in`, `delete`, `Object.keys()` and `{...view}`
   * do what they say. Each of these blocks the thread until the manager has answered. Keys that are not strings
   * are not seen.
   *
   * What an expression like `view.list.push(1)` changes is a copy: set it again, or put a list of the manager there.
   */
  readonly view: Record<string, V>;
  /** This process does not use it any more. Not necessary: the garbage collector does so, too. */
  dispose(): void;
}

/** The operations of a dict as they are sent. */
export const DICT: Table<DictOperations<unknown, unknown>> = {
  get: { pack: key },
  has: { pack: key },
  set: { pack: keyAndValue },
  delete: { pack: key },
  take: { pack: key },
  getOrInsert: { pack: keyAndValue },
  setAll: {
    pack: (entries: Iterable<readonly [unknown, unknown]>) => [
      packedEntries("set in the dict", entries),
    ],
  },
  clear: { pack: plain },
  size: { pack: plain },
  keys: { pack: plain },
  values: { pack: plain },
  entries: { pack: plain },
  snapshot: { pack: plain, show: (entries: [unknown, unknown][]) => new Map(entries) },
};

class Dict extends Hosted {
  readonly #view = viewOf(this as unknown as DictProxy<string>);

  get [Symbol.toStringTag](): string {
    return "DictProxy";
  }

  get view(): object {
    return this.#view;
  }

  update(name: unknown, change: (value: never) => unknown): Promise<unknown> {
    return update(this, key(name), change);
  }

  updateSync(name: unknown, change: (value: never) => unknown): unknown {
    return updateSync(this, key(name), change);
  }

  [Symbol.iterator](): Iterator<unknown> {
    return (this as unknown as DictProxy).entriesSync()[Symbol.iterator]();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    yield* await (this as unknown as DictProxy).entries();
  }
}

operate(Dict.prototype, DICT);
setProxyOf(TYPE.dict, () => new Dict());
