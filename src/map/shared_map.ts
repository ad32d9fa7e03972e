/** The shared map. */
import { decode } from "../codec/decode.ts";
import { registerHandles } from "../codec/handle.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { adopt, claim } from "../sync/adopt.ts";
import { disposedError } from "../sync/misuse.ts";
import { Copy } from "./copy.ts";
import { Draft } from "./draft.ts";
import type { Entries } from "./entries.ts";
import { Key } from "./key.ts";
import { SHARED_MAP } from "./kinds.ts";
import { MAP, MAP_WORDS, stripeAt, STRIPES } from "./layout.ts";
import { entriesOf, partyOf } from "./party.ts";
import { type Expected, Stripe } from "./stripe.ts";

const WHAT = "the map";

/** How often to count without locks. */
const COUNTS = 8;

let objectOf: (map: SharedMap) => WordIndex;

/** What was found in a map. */
interface Hit {
  readonly value: unknown;
  /** What says whether it is still the same. */
  readonly stamp: number;
}

/** An entry as it was found at one moment. */
interface Found {
  readonly key: Uint8Array;
  /** The bytes of its value; not of one that is better looked up when it is needed. */
  readonly value: Uint8Array | undefined;
  /** What was decoded at that moment, as it mentions what must be there meanwhile. */
  readonly decodedKey?: { readonly it: unknown };
}

/**
 * A map that processes share, and that needs no server: a hash table in shared memory.
 *
 * - Keys and values are whatever can be sent. They are **copied** when they are set and when they are got: to
 *   change what is in a value that was got changes nothing in the map. Set it again, or use `update()`.
 * - Every operation is one step to all others, and to a death: a process that is killed in the middle of `set()`
 *   leaves the old value or the new one, and is in nobody's way.
 * - Getting takes no lock, and setting one of 64 for about a microsecond; none makes a system call when no other
 *   process wants the same at the same moment.
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
 * @typeParam K What keys are.
 * @typeParam V What values are.
 */
export class SharedMap<K = unknown, V = unknown> implements Iterable<[K, V]>, Disposable {
  readonly #member: Member;
  readonly #object: WordIndex;
  readonly #seed: number;
  readonly #entries: Entries;
  readonly #stripes: readonly Stripe[];
  readonly #copy: Copy = new Copy();
  #isDisposed = false;

  static {
    objectOf = (map) => {
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
    const { member, at, isNew } = claim(SHARED_MAP, MAP_WORDS, this);
    const { words } = member.heap;
    if (isNew) words.store(at + MAP.seed, Math.random() * 2 ** 32);
    this.#member = member;
    this.#object = at;
    this.#seed = words.load(at + MAP.seed);
    this.#entries = entriesOf(member);
    this.#stripes = stripesOf(member, at);
    if (!isNew || entries === undefined || entries === null) return;
    try {
      for (const [key, value] of entries) this.setSync(key, value);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** How many entries there are; exact at a moment between its call and its return. */
  get size(): number {
    this.#check("count");
    for (let counts = 0; counts < COUNTS; counts++) {
      const versions = this.#stripes.map((stripe) => stripe.version);
      const size = this.#count();
      if (this.#stripes.every((stripe, i) => stripe.version === versions[i])) return size;
    }
    // In their order, so that two that count do not wait for each other.
    for (const stripe of this.#stripes) stripe.lock();
    try {
      return this.#count();
    } finally {
      for (const stripe of this.#stripes) stripe.unlock();
    }
  }

  /** The value of a key; `undefined` if there is none. */
  getSync(key: K): V | undefined {
    return this.#get("get from", key)?.value as V | undefined;
  }

  /** Whether there is a value for a key. */
  hasSync(key: K): boolean {
    this.#check("look into");
    const draft = Draft.of(this.#member, key, this.#seed);
    try {
      return this.#stripe(draft.key).look(draft.key, this.#copy, false) !== "nothing";
    } finally {
      draft.drop();
    }
  }

  /**
   * Sets the value of a key.
   *
   * @throws {SerializationError} if key or value cannot be sent; nothing has changed.
   * @throws {RangeError} if the key has more than half a mebibyte; nothing has changed.
   * @throws {OutOfMemoryError} if there is no room; nothing has changed.
   */
  setSync(key: K, value: V): void {
    this.#set("set in", key, value, "anything");
  }

  /** Takes a key and its value out; returns whether it was there. */
  deleteSync(key: K): boolean {
    return this.#delete("delete from", key, "anything");
  }

  /**
   * Takes out everything that was there when it was called. What others set meanwhile may be taken out or stay: the
   * parts of the map are emptied one after the other.
   */
  clearSync(): void {
    this.#check("clear");
    for (const stripe of this.#stripes) stripe.clear();
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
      const hit = this.#get("update", key);
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
      const hit = this.#get("get from", key);
      if (hit !== undefined) return hit.value as V;
      made ??= { value: compute(key) };
      if (this.#set("set in", key, made.value, "nothing")) return made.value;
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
      const hit = this.#get("update", key);
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
    const hit = this.#get("get from", key);
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
    const key = new Key();
    for (const found of this.#all()) {
      const hit = this.#valueOf(found, key);
      if (hit !== undefined) yield [keyOf(found) as K, hit.value as V];
    }
  }

  /** The keys, as {@linkcode SharedMap.entries} has them. */
  *keys(): IterableIterator<K> {
    for (const found of this.#all()) yield keyOf(found) as K;
  }

  /** The values, as {@linkcode SharedMap.entries} has them. */
  *values(): IterableIterator<V> {
    const key = new Key();
    for (const found of this.#all()) {
      const hit = this.#valueOf(found, key);
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

  #get(act: string, key: K): Hit | undefined {
    this.#check(act);
    const draft = Draft.of(this.#member, key, this.#seed);
    try {
      return this.#read(draft.key);
    } finally {
      draft.drop();
    }
  }

  #read(key: Key): Hit | undefined {
    const stripe = this.#stripe(key);
    const copy = this.#copy;
    const found = stripe.look(key, copy, true);
    if (found === "nothing") return undefined;
    if (found === "copied") return { stamp: copy.stamp, value: decode(copy.bytes) };
    stripe.lock();
    try {
      const entry = stripe.find(key);
      if (entry === 0) return undefined;
      return { stamp: stripe.stampOf(entry), value: this.#entries.withValue(entry, decode) };
    } finally {
      stripe.unlock();
    }
  }

  #set(act: string, key: K, value: V, expected: Expected): boolean {
    this.#check(act);
    const draft = Draft.of(this.#member, key, this.#seed);
    try {
      const entry = draft.write(this.#member, this.#entries, value);
      let isPut = false;
      try {
        isPut = this.#stripe(draft.key).put(draft.key, entry, expected);
      } finally {
        if (!isPut) this.#entries.discard(entry);
      }
      return isPut;
    } finally {
      draft.drop();
    }
  }

  #delete(act: string, key: K, expected: Expected): boolean {
    this.#check(act);
    const draft = Draft.of(this.#member, key, this.#seed);
    try {
      return this.#stripe(draft.key).remove(draft.key, expected);
    } finally {
      draft.drop();
    }
  }

  /** Sets or deletes a key, if what was found is still there; returns whether it was. */
  #replace(key: K, hit: Hit | undefined, value: V | undefined): boolean {
    if (value !== undefined) return this.#set("update", key, value, hit?.stamp ?? "nothing");
    return hit === undefined || this.#delete("update", key, hit.stamp);
  }

  /** The entries of one stripe after the other, each stripe as it is at one moment. */
  *#all(): Generator<Found> {
    for (const stripe of this.#stripes) {
      this.#check("iterate over");
      if (stripe.live === 0) continue;
      for (const found of this.#allOf(stripe)) {
        this.#check("iterate over");
        yield found;
      }
    }
  }

  #allOf(stripe: Stripe): Found[] {
    const entries = this.#entries;
    const all: Found[] = [];
    stripe.lock();
    try {
      for (const entry of stripe.entries()) {
        const key = entries.keyOf(entry).slice();
        if (entries.mentions(entry)) {
          all.push({ key, value: undefined, decodedKey: { it: decode(key) } });
        } else all.push({ key, value: entries.smallValueOf(entry)?.slice() });
      }
    } finally {
      stripe.unlock();
    }
    return all;
  }

  #valueOf(found: Found, key: Key): Pick<Hit, "value"> | undefined {
    if (found.value !== undefined) return { value: decode(found.value) };
    key.take(found.key, this.#seed);
    return this.#read(key);
  }

  #stripe(key: Key): Stripe {
    return this.#stripes[key.hash & (STRIPES - 1)];
  }

  #count(): number {
    let size = 0;
    for (const stripe of this.#stripes) size += stripe.live;
    return size;
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

function keyOf({ key, decodedKey }: Found): unknown {
  return decodedKey === undefined ? decode(key) : decodedKey.it;
}

function stripesOf(member: Member, at: WordIndex): Stripe[] {
  const party = partyOf(member);
  return Array.from({ length: STRIPES }, (_, i) => new Stripe(party, stripeAt(at, i)));
}

registerHandles({
  kind: SHARED_MAP,
  name: "SharedMap",
  prototype: SharedMap.prototype,
  at: (map) => objectOf(map),
  make: (at) => adopt(at, () => new SharedMap()),
  end(member, at) {
    for (const stripe of stripesOf(member, at)) stripe.end();
  },
  mourn(member, at, dead) {
    for (const stripe of stripesOf(member, at)) stripe.bury(dead);
  },
});
