/** The shared map. */
import { checkIterable } from "../parking/checks.ts";
import { registerHandles } from "../codec/handle.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { adopt, claim } from "../parking/adopt.ts";
import { disposedError } from "../sync/misuse.ts";
import { SHARED_MAP } from "./kinds.ts";
import { MAP, MAP_WORDS } from "./layout.ts";
import { type Found, type Hit, Operations, stripesOf } from "./operations.ts";
import { inspectable } from "../runtime/inspection.ts";

const WHAT = "the map";

/** The object of a map, for messages. */
export let objectOfMap: (map: SharedMap) => WordIndex;

/**
 * A map that processes share, and that needs no server: a hash table in shared memory.
 *
 * - Keys and values are whatever can be sent. They are **copied** when they are set and when they are got: to
 *   change what is in a value that was got changes nothing in the map. Set it again, or use `update()`.
 * - Every operation is one step to all others, and to a death: a process that is killed in the middle of `set()`
 *   leaves the old value or the new one, and is in nobody's way.
 * - Getting takes no lock, but for values of more than a mebibyte and those that mention shared things; setting takes one
 *   of 64 for about a microsecond. None makes a system call when no other process wants the same at the same moment.
 * - It can be sent to other processes at any time, also inside of another map. Shared things that are keys or
 *   values stay as long as they are.
 * - Everything there is goes with the last process that has the map and the last message that carries it.
 *
 * **Keys** are the same if their encoded bytes are: numbers, strings, bigints, booleans, `null` and `undefined` as in a
 * `Map` (NaN is NaN, 0 is -0, 1 is not "1"); dates, arrays, plain objects and the like by their contents, keys of
 * objects in their order; shared things if they are the same thing.
 *
 * Methods that return promises settle at once; they are there to be exchangeable with a manager's, and reject where
 * their twins `…Sync` throw. What they take may be asynchronous.
 *
 * A process that is stopped (SIGSTOP, a debugger) within the microsecond in which it sets holds others up that set in
 * the same 64th of the map until it goes on or dies; those that get are not held up.
 *
 * @example Two processes and their parent share what they know
 * ```ts
 * import { Process, sharedMap, type SharedMap } from "@x/mp";
 *
 * export async function learn(known: SharedMap<string, unknown>, name: string) {
 *   await known.set(name, { learned: new Date(0) });
 *   await known.update("lessons", (lessons) => (lessons as number) + 1);
 * }
 *
 * if (import.meta.main) {
 *   using known = sharedMap<string, unknown>([["lessons", 0]]);
 *   const learners = ["Ada", "Bob"].map((name) => new Process(learn, { args: [known, name] }));
 *   for (const learner of learners) await learner.start().join();
 *   console.log(await known.get("lessons"), known.size); // 2 3
 *   for (const [name, what] of known) console.log(name, what);
 * }
 * ```
 *
 * @typeParam K What keys are.
 * @typeParam V What values are.
 */
export class SharedMap<K = unknown, V = unknown> implements Iterable<[K, V]>, Disposable {
  readonly #member: Member;
  readonly #object: WordIndex;
  readonly #operations: Operations;
  #isDisposed = false;

  static {
    objectOfMap = (map) => {
      map.#check("send");
      return map.#object;
    };
  }

  /**
   * Makes a map; the same as {@linkcode sharedMap}.
   *
   * @param entries What is in it at first.
   * @throws {SerializationError} if a key or value cannot be sent.
   * @throws {OutOfMemoryError} if there is no room.
   */
  constructor(entries?: Iterable<readonly [K, V]> | null) {
    checkIterable("make a shared map", "entries", entries ?? []);
    const { member, at, isNew } = claim(SHARED_MAP, MAP_WORDS, this);
    if (isNew) member.heap.words.store(at + MAP.seed, Math.random() * 2 ** 32);
    this.#member = member;
    this.#object = at;
    this.#operations = new Operations(member, at);
    if (!isNew || entries === undefined || entries === null) return;
    try {
      this.setAllSync(entries);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** How many entries there are; exact at a moment between its call and its return. */
  get size(): number {
    return this.#use("count").size;
  }

  /** The value of a key; `undefined` if there is none. */
  getSync(key: K): V | undefined {
    return this.#use("get from").get(key)?.value as V | undefined;
  }

  /** Whether there is a value for a key. */
  hasSync(key: K): boolean {
    return this.#use("look into").has(key);
  }

  /**
   * Sets the value of a key.
   *
   * @throws {SerializationError} if key or value cannot be sent; nothing has changed.
   * @throws {RangeError} if the key has more than half a mebibyte; nothing has changed.
   * @throws {OutOfMemoryError} if there is no room; nothing has changed.
   */
  setSync(key: K, value: V): void {
    this.#use("set in").set(key, value, "anything");
  }

  /** Takes a key and its value out; returns whether it was there. */
  deleteSync(key: K): boolean {
    return this.#use("delete from").delete(key, "anything");
  }

  /** Takes a key and its value out, in one step; returns the value, `undefined` if there is none. */
  takeSync(key: K): V | undefined {
    for (;;) {
      const hit = this.#use("take from").get(key);
      if (this.#replace(key, hit, undefined)) return hit?.value as V | undefined;
    }
  }

  /** Sets the values of several keys, one after the other. */
  setAllSync(entries: Iterable<readonly [K, V]>): void {
    for (const [key, value] of entries) this.setSync(key, value);
  }

  /**
   * Takes out everything that was there when it was called. What others set meanwhile may be taken out or stay: the
   * parts of the map are emptied one after the other.
   */
  clearSync(): void {
    this.#use("clear").clear();
  }

  /** A copy of the whole, as it is at one moment; nobody can change the map while it is made. */
  snapshotSync(): Map<K, V> {
    return new Map(this.#use("copy").snapshot() as [K, V][]);
  }

  /**
   * Sets the value of a key to what a function makes of it, in one step: no other change comes between.
   *
   * @param change Is given the value, `undefined` if there is none, and returns the new one; `undefined` deletes
   * the key. It is called again if another process was quicker, so it should be short and do nothing else.
   * @returns What it returned at last.
   * @throws What it throws; nothing has changed.
   */
  updateSync<T extends V | undefined>(key: K, change: (value: V | undefined) => T): T {
    for (;;) {
      const hit = this.#use("update").get(key);
      const value = change(hit?.value as V | undefined);
      if (this.#replace(key, hit, value)) return value;
    }
  }

  /** The value of a key, which is set to `value` if there is none, in one step. */
  getOrInsertSync(key: K, value: V): V {
    return this.getOrInsertComputedSync(key, () => value);
  }

  /**
   * The value of a key, which is set to what a function returns if there is none, in one step.
   *
   * @param compute Is called at most once. Another process may be quicker with its own value; then that is returned.
   */
  getOrInsertComputedSync(key: K, compute: (key: K) => V): V {
    let made: { readonly value: V } | undefined;
    for (;;) {
      const hit = this.#use("get from").get(key);
      if (hit !== undefined) return hit.value as V;
      made ??= { value: compute(key) };
      if (this.#use("set in").set(key, made.value, "nothing")) return made.value;
    }
  }

  /** The same as {@linkcode SharedMap.getSync}, as a promise. */
  // deno-lint-ignore require-await -- what throws shall reject
  async get(key: K): Promise<V | undefined> {
    return this.getSync(key);
  }

  /** The same as {@linkcode SharedMap.hasSync}, as a promise. */
  // deno-lint-ignore require-await -- what throws shall reject
  async has(key: K): Promise<boolean> {
    return this.hasSync(key);
  }

  /** The same as {@linkcode SharedMap.setSync}, as a promise. */
  // deno-lint-ignore require-await -- what throws shall reject
  async set(key: K, value: V): Promise<void> {
    this.setSync(key, value);
  }

  /** The same as {@linkcode SharedMap.deleteSync}, as a promise. */
  // deno-lint-ignore require-await -- what throws shall reject
  async delete(key: K): Promise<boolean> {
    return this.deleteSync(key);
  }

  /** The same as {@linkcode SharedMap.takeSync}, as a promise. */
  // deno-lint-ignore require-await -- what throws shall reject
  async take(key: K): Promise<V | undefined> {
    return this.takeSync(key);
  }

  /** The same as {@linkcode SharedMap.setAllSync}, as a promise. */
  // deno-lint-ignore require-await -- what throws shall reject
  async setAll(entries: Iterable<readonly [K, V]>): Promise<void> {
    this.setAllSync(entries);
  }

  /** The same as {@linkcode SharedMap.snapshotSync}, as a promise. */
  // deno-lint-ignore require-await -- what throws shall reject
  async snapshot(): Promise<Map<K, V>> {
    return this.snapshotSync();
  }

  /** The same as {@linkcode SharedMap.clearSync}, as a promise. */
  // deno-lint-ignore require-await -- what throws shall reject
  async clear(): Promise<void> {
    this.clearSync();
  }

  /** The same as {@linkcode SharedMap.updateSync}; the function may be asynchronous. */
  async update<T extends V | undefined>(
    key: K,
    change: (value: V | undefined) => T | Promise<T>,
  ): Promise<T> {
    for (;;) {
      const hit = this.#use("update").get(key);
      const value = await change(hit?.value as V | undefined);
      if (this.#replace(key, hit, value)) return value;
    }
  }

  /** The same as {@linkcode SharedMap.getOrInsertSync}, as a promise. */
  // deno-lint-ignore require-await -- what throws shall reject
  async getOrInsert(key: K, value: V): Promise<V> {
    return this.getOrInsertSync(key, value);
  }

  /** The same as {@linkcode SharedMap.getOrInsertComputedSync}; the function may be asynchronous. */
  async getOrInsertComputed(key: K, compute: (key: K) => V | Promise<V>): Promise<V> {
    const hit = this.#use("get from").get(key);
    if (hit !== undefined) return hit.value as V;
    const value = await compute(key);
    return this.getOrInsertSync(key, value);
  }

  /**
   * The entries, in no order; for `for` and `for await`.
   *
   * A key that is there all the while comes exactly once, with a value that it had meanwhile. One that is set or
   * deleted meanwhile comes once or not at all.
   */
  *entries(): IterableIterator<[K, V]> {
    for (const found of this.#all()) {
      const hit = this.#operations.valueOf(found);
      if (hit !== undefined) yield [this.#operations.keyOf(found) as K, hit.value as V];
    }
  }

  /** The keys, as {@linkcode SharedMap.entries} has them. */
  *keys(): IterableIterator<K> {
    for (const found of this.#all()) yield this.#operations.keyOf(found) as K;
  }

  /** The values, as {@linkcode SharedMap.entries} has them. */
  *values(): IterableIterator<V> {
    for (const found of this.#all()) {
      const hit = this.#operations.valueOf(found);
      if (hit !== undefined) yield hit.value as V;
    }
  }

  /** The same as {@linkcode SharedMap.entries}. */
  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries();
  }

  /**
   * Gives this process's part in it back; others can go on using it. Later use in this process throws `ClosedError`.
   *
   * Not necessary: the garbage collector does so, too, but does not know how large a map is.
   */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#member.handles.drop(this.#object, this);
  }

  /** The same as {@linkcode SharedMap.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  *#all(): Generator<Found> {
    for (const found of this.#use("iterate over").all()) {
      this.#check("iterate over");
      yield found;
    }
  }

  /** What came of a user's function, which may have disposed of the map. */
  #replace(key: K, hit: Hit | undefined, value: V | undefined): boolean {
    return this.#use("update").replace(key, hit, value);
  }

  #use(act: string): Operations {
    this.#check(act);
    return this.#operations;
  }

  #check(act: string): void {
    if (this.#isDisposed) throw disposedError(act, WHAT);
  }
}

/**
 * Makes a map that processes share: a {@linkcode SharedMap}.
 *
 * Modelled on Python's `Manager().dict()`, which lies in a server process.
 *
 * @example Count words in several processes
 * ```ts
 * import { Pool, sharedMap, type SharedMap } from "@x/mp";
 *
 * export function count(text: string, counts: SharedMap<string, number>): void {
 *   for (const word of text.split(" ")) counts.updateSync(word, (n = 0) => n + 1);
 * }
 *
 * if (import.meta.main) {
 *   using counts = sharedMap<string, number>();
 *   await using pool = new Pool(2);
 *   await Promise.all(["to be", "or not to be"].map((text) => pool.apply(count, [text, counts])));
 *   console.log(await counts.get("be"), counts.size); // 2 4
 * }
 * ```
 *
 * @param entries What is in it at first.
 * @throws {SerializationError} if a key or value cannot be sent.
 * @throws {OutOfMemoryError} if there is no room.
 */
export function sharedMap<K = unknown, V = unknown>(
  entries?: Iterable<readonly [K, V]> | null,
): SharedMap<K, V> {
  return new SharedMap(entries);
}

registerHandles({
  kind: SHARED_MAP,
  name: "SharedMap",
  prototype: SharedMap.prototype,
  at: (map) => objectOfMap(map),
  make: (at) => adopt(at, () => new SharedMap()),
  end(member: Member, at) {
    for (const stripe of stripesOf(member, at)) stripe.end();
  },
  mourn(member, at, dead) {
    for (const stripe of stripesOf(member, at)) stripe.bury(dead);
  },
});

inspectable(SharedMap.prototype, ["size"]);
