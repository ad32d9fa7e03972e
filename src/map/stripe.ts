/**
 * A stripe of a map: a hash table that is read without a lock and changed under one.
 *
 * Every change is one word: the entry of a slot, or the table of the stripe. The argument why readers see whole
 * entries and a death leaves nothing half done stands in this folder's README.md.
 */
import { OutOfMemoryError } from "../errors.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import { ShortLock } from "../sync/short_lock.ts";
import { assertNotFull, capacityFor, isCrowded, isSparse } from "./capacity.ts";
import type { Copy } from "./copy.ts";
import type { Key } from "./key.ts";
import { DELETED, EMPTY, ENTRY, SLOT, STRIPE, TABLE } from "./layout.ts";
import { type Found, look } from "./look.ts";
import type { Party } from "./party.ts";
import { collectTable, repair } from "./repair.ts";
import { copyTable, findSlot, findVacancy, isEntry, slotsOf } from "./table.ts";

/** What must be there for a change to take place: whatever is, nothing, or the entry of this stamp. */
export type Expected = "anything" | "nothing" | number;

/** How often to look without the lock. */
const LOOKS = 64;

/** One stripe, for one process. */
export class Stripe {
  readonly #party: Party;
  readonly #at: WordIndex;
  readonly #lock: ShortLock;

  /**
   * @param party This process.
   * @param at Where its words begin.
   */
  constructor(party: Party, at: WordIndex) {
    this.#party = party;
    this.#at = at;
    this.#lock = new ShortLock(party, at + STRIPE.lock, "a part of a map");
  }

  /** How many entries there are. */
  get live(): number {
    return this.#party.words.load(this.#at + STRIPE.live);
  }

  /** A number that has changed if anything has. */
  get version(): number {
    return this.#party.words.load(this.#at + STRIPE.version);
  }

  /**
   * Looks for a key, without the lock unless others change the stripe again and again.
   *
   * @param copy Where the stamp goes, and the value.
   * @param wantsValue Whether it is copied.
   */
  look(key: Key, copy: Copy, wantsValue: boolean): Found {
    for (let looks = 0; looks < LOOKS; looks++) {
      const found = look(this.#party, this.#at, key, copy, wantsValue);
      if (found !== undefined) return found;
    }
    this.lock();
    try {
      return look(this.#party, this.#at, key, copy, wantsValue)!;
    } finally {
      this.unlock();
    }
  }

  /** The entry of a key, or 0; the lock is held. */
  find(key: Key): WordIndex {
    const { words } = this.#party;
    const slot = findSlot(this.#party, this.#table, key);
    return slot === 0 ? 0 : words.load(slot + SLOT.entry);
  }

  /** The stamp of an entry; the lock is held. */
  stampOf(entry: WordIndex): number {
    const { words } = this.#party;
    return words.load(entry + words.load(entry + ENTRY.cargo) + ENTRY.stamp);
  }

  /** All entries; the lock is held. */
  *entries(): Generator<WordIndex> {
    const { words } = this.#party;
    for (const slot of slotsOf(words, this.#table)) {
      const entry = words.load(slot + SLOT.entry);
      if (isEntry(entry)) yield entry;
    }
  }

  /**
   * Puts an entry of this process in, if what is expected is there; it is the stripe's from then on.
   *
   * @throws {OutOfMemoryError} if there is no room in the table; nothing has changed.
   */
  put(key: Key, entry: WordIndex, expected: Expected): boolean {
    const { words, contents, store } = this.#party;
    const at = this.#at;
    this.lock();
    try {
      let slot = findSlot(this.#party, this.#table, key);
      const before = slot === 0 ? EMPTY : words.load(slot + SLOT.entry);
      if (!this.#isExpected(before, expected)) return false;
      if (slot === 0) {
        this.#makeRoom();
        slot = findVacancy(words, this.#table, key.hash);
      }
      const version = this.version + 1;
      contents.set(entry + words.load(entry + ENTRY.cargo) + ENTRY.stamp, version);
      words.store(at + STRIPE.doomed, before);
      words.store(at + STRIPE.fresh, entry);
      store.giveEntry(entry, at);
      const isNew = before === EMPTY;
      if (isNew) {
        if (words.load(slot + SLOT.entry) === EMPTY) this.#add(STRIPE.used, 1);
        words.store(slot + SLOT.hash, key.hash);
      }
      // PUBLISH entry: OBSERVE in look().
      words.store(slot + SLOT.entry, entry);
      words.store(at + STRIPE.version, version);
      if (isNew) this.#add(STRIPE.live, 1);
      else store.freeEntry(before, at);
      this.#forget();
    } finally {
      this.unlock();
    }
    return true;
  }

  /** Takes the entry of a key out, if what is expected is there; false if not, or if there is none. */
  remove(key: Key, expected: Expected): boolean {
    const { words, store } = this.#party;
    this.lock();
    try {
      const slot = findSlot(this.#party, this.#table, key);
      if (slot === 0) return false;
      const before = words.load(slot + SLOT.entry);
      if (!this.#isExpected(before, expected)) return false;
      words.store(this.#at + STRIPE.doomed, before);
      // PUBLISH absence: OBSERVE in look().
      words.store(slot + SLOT.entry, DELETED);
      this.#add(STRIPE.version, 1);
      this.#add(STRIPE.live, -1);
      store.freeEntry(before, this.#at);
      this.#forget();
      this.#giveRoomBack();
    } finally {
      this.unlock();
    }
    return true;
  }

  /** Takes everything out. */
  clear(): void {
    if (this.#table !== 0) this.end();
  }

  /** Takes everything out and leaves nothing to repair. Can be repeated by another if this one dies. */
  end(): void {
    this.lock();
    try {
      if (this.#table !== 0) this.#switchTo(0);
    } finally {
      this.unlock();
    }
  }

  /** Keeps others from changing the stripe. What comes until {@linkcode Stripe.unlock} is short and takes no lock. */
  lock(): void {
    if (!this.#lock.tryAcquire()) return this.#lockSlowly();
    const { words } = this.#party;
    const isDone = words.load(this.#at + STRIPE.fresh) === 0 &&
      words.load(this.#at + STRIPE.doomed) === 0;
    // An exception that no line here can cause, as when the stack is full, ends a change like a death.
    if (!isDone) repair(this.#party, this.#at);
  }

  /** Lets others change it. */
  unlock(): void {
    this.#lock.release();
    this.#party.store.settle();
  }

  /** A process has died; it may have been in the middle of something. Can be repeated. */
  bury(dead: OwnerId): void {
    this.#lock.bury(dead);
    if (!this.#lock.takeOver()) return;
    try {
      repair(this.#party, this.#at);
    } finally {
      this.unlock();
    }
  }

  get #table(): WordIndex {
    return this.#party.words.load(this.#at + STRIPE.table);
  }

  #lockSlowly(): void {
    while (this.#lock.acquire() === "left") {
      if (this.#lock.takeOver()) return repair(this.#party, this.#at);
    }
  }

  #isExpected(entry: WordIndex, expected: Expected): boolean {
    if (expected === "anything") return true;
    if (entry === EMPTY) return expected === "nothing";
    return this.stampOf(entry) === expected;
  }

  /** Makes sure that a slot is free, and that not too many are in use. */
  #makeRoom(): void {
    const { words } = this.#party;
    const table = this.#table;
    const { live } = this;
    assertNotFull(live);
    if (table === 0) return this.#switchTo(copyTable(this.#party, 0, capacityFor(1)));
    const capacity = words.load(table + TABLE.capacity);
    if (!isCrowded(words.load(this.#at + STRIPE.used) + 1, capacity)) return;
    try {
      this.#switchTo(copyTable(this.#party, table, capacityFor(live + 1)));
    } catch (error) {
      // It can be fuller than is good.
      if (!(error instanceof OutOfMemoryError) || live + 1 >= capacity) throw error;
    }
  }

  /** Makes the table smaller if it is far too large. */
  #giveRoomBack(): void {
    const { live } = this;
    if (live === 0) return this.#switchTo(0);
    const table = this.#table;
    if (!isSparse(live, this.#party.words.load(table + TABLE.capacity))) return;
    try {
      this.#switchTo(copyTable(this.#party, table, capacityFor(live)));
    } catch (error) {
      if (!(error instanceof OutOfMemoryError)) throw error;
    }
  }

  /** Another table, of this process, takes the place of the one that there is; 0 takes that of all entries. */
  #switchTo(table: WordIndex): void {
    const { words, store } = this.#party;
    const at = this.#at;
    const before = this.#table;
    words.store(at + STRIPE.doomed, -before);
    if (table !== 0) {
      words.store(at + STRIPE.fresh, -table);
      store.giveTable(table, at);
    }
    // PUBLISH table: OBSERVE in look().
    words.store(at + STRIPE.table, table);
    this.#add(STRIPE.version, 1);
    if (table === 0) words.store(at + STRIPE.live, 0);
    words.store(at + STRIPE.used, this.live);
    if (before !== 0) collectTable(this.#party, at, before);
    this.#forget();
  }

  #forget(): void {
    const { words } = this.#party;
    words.store(this.#at + STRIPE.fresh, 0);
    words.store(this.#at + STRIPE.doomed, 0);
  }

  #add(word: number, value: number): void {
    this.#party.words.add(this.#at + word, value);
  }
}
