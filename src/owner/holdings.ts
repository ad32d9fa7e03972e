/**
 * Shared objects: cells that stay as long as some process holds them or some message carries them.
 *
 * | word | value | meaning |
 * | --- | --- | --- |
 * | kind | k | what it is, and so how it ends |
 * | flights | n ≥ 0 | how many messages on their way carry it |
 * | flights | -owner | this owner looks whether anybody holds it, and if not, ends it |
 * | holders | a bit for each slot | this process has a handle |
 *
 * Laws
 * 1. A process that is given a handle by a message sets its bit before the message's flight ends. So when
 *    `flights` is 0, whoever can reach the object has its bit set.
 * 2. Only who has its bit set sends it off (`flights` + 1), and waits with that while `flights` is negative.
 * 3. The object ends by the one who moved `flights` from 0 to -itself and then found no bit. Who finds one
 *    moves it back, and looks again: the other may have let go meanwhile and found it negative.
 *
 * A process killed between counting a flight and writing down the message that carries it leaves the
 * object without an end; it goes with the tree. The other way round it would go too early.
 */
import { ProcessError } from "../errors.ts";
import { type Cells, SHARED } from "../memory/cells.ts";
import { OWNER_SLOTS } from "../memory/layout.ts";
import { type OwnerId, slotOf } from "../memory/owner_id.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";

const HOLDER_WORDS = OWNER_SLOTS / 32;

const OBJECT = struct({ kind: 1, flights: 1, holders: HOLDER_WORDS });

/** How often to look at a word that another process is about to change, before asking after that. */
const PATIENCE = 10_000;

/** How many words of a shared object stand in front of its own. */
export const OBJECT_HEADER_WORDS: number = OBJECT.size;

/** What is done when nobody holds an object any more; may be done again if its doer dies. */
export type Ender = (at: WordIndex) => void;

/** The shared objects of a heap, for one process. An object is named by its first own word. */
export class Holdings {
  readonly #words: WordMemory;
  readonly #cells: Cells;
  readonly #self: OwnerId;
  readonly #enders: Map<number, Ender> = new Map();
  readonly #inspect: (owner: OwnerId) => void;

  /**
   * @param words The words of the heap.
   * @param cells Where objects lie.
   * @param self Who holds.
   * @param inspect Recovers an owner if it is dead.
   */
  constructor(
    words: WordMemory,
    cells: Cells,
    self: OwnerId,
    inspect: (owner: OwnerId) => void,
  ) {
    this.#words = words;
    this.#cells = cells;
    this.#self = self;
    this.#inspect = inspect;
  }

  /** Says how objects of a kind end, besides that their cell is freed. */
  setEnder(kind: number, ender: Ender): void {
    this.#enders.set(kind, ender);
  }

  /**
   * Makes an object of zeros, held by this process.
   *
   * @param kind What it is.
   * @param words How many words of its own it has.
   * @throws {OutOfMemoryError} if there is no room.
   */
  create(kind: number, words: number): WordIndex {
    const cell = this.#cells.allocate((OBJECT.size + words) * 4);
    for (let i = 0; i < OBJECT.size + words; i++) this.#words.store(cell + i, 0);
    const at = cell + OBJECT.size;
    this.#words.store(cell + OBJECT.kind, kind);
    this.hold(at);
    // Until here it was ours, and would have gone with us.
    this.#cells.handOver(cell, this.#self, SHARED);
    return at;
  }

  /** What an object is. */
  kindOf(at: WordIndex): number {
    return this.#words.load(at - OBJECT.size + OBJECT.kind);
  }

  /** This process has a handle. */
  hold(at: WordIndex): void {
    const slot = slotOf(this.#self);
    this.#words.or(holderWord(at, slot), 1 << (slot & 31));
  }

  /** This process has no handle any more. */
  letGo(at: WordIndex): void {
    this.#clear(at, slotOf(this.#self));
  }

  /** A message begins to carry the object; this process holds it. */
  takeOff(at: WordIndex): void {
    const word = at - OBJECT.size + OBJECT.flights;
    for (let looks = 1;; looks++) {
      const flights = this.#words.load(word);
      if (flights < 0) {
        // Somebody looks whether it has an end. We hold it, so it has none, and he is quick or dead.
        if (looks % PATIENCE === 0) this.#inspect(-flights);
        continue;
      }
      if (this.#words.compareExchange(word, flights, flights + 1) === flights) return;
    }
  }

  /** A message that carried the object is gone; who received it holds the object by now. */
  land(at: WordIndex): void {
    const before = this.#words.add(at - OBJECT.size + OBJECT.flights, -1);
    if (before <= 0) {
      throw new ProcessError(`Cannot land the object at word ${at}: ${before} messages carry it`);
    }
    if (before === 1) this.#endIfUnheld(at);
  }

  /** Whether any process holds the object. */
  isHeld(at: WordIndex): boolean {
    for (let i = 0; i < HOLDER_WORDS; i++) {
      if (this.#words.load(at - OBJECT.size + OBJECT.holders + i) !== 0) return true;
    }
    return false;
  }

  /** Lets go of everything that a dead owner held, and finishes what it was ending. Can be repeated. */
  recover(dead: OwnerId): void {
    const objects = [...this.#cells.payloads(SHARED)];
    for (const cell of objects) {
      const at = cell + OBJECT.size;
      const flights = cell + OBJECT.flights;
      if (this.#words.compareExchange(flights, -dead, 0) === -dead) this.#endIfUnheld(at);
      const slot = slotOf(dead);
      if ((this.#words.load(holderWord(at, slot)) & (1 << (slot & 31))) !== 0) {
        this.#clear(at, slot);
      }
    }
  }

  #clear(at: WordIndex, slot: number): void {
    const bit = 1 << (slot & 31);
    const before = this.#words.and(holderWord(at, slot), ~bit);
    if ((before & bit) !== 0) this.#endIfUnheld(at);
  }

  #endIfUnheld(at: WordIndex): void {
    const flights = at - OBJECT.size + OBJECT.flights;
    while (!this.isHeld(at)) {
      if (this.#words.compareExchange(flights, 0, -this.#self) !== 0) return;
      if (!this.isHeld(at)) return this.#end(at);
      this.#words.store(flights, 0);
    }
  }

  #end(at: WordIndex): void {
    this.#enders.get(this.kindOf(at))?.(at);
    this.#cells.free(at - OBJECT.size);
  }
}

function holderWord(at: WordIndex, slot: number): WordIndex {
  return at - OBJECT.size + OBJECT.holders + (slot >>> 5);
}
