/**
 * Shared objects: cells that stay as long as some process holds them or some message carries them.
 *
 * | word | value | meaning |
 * | --- | --- | --- |
 * | kind | k | what it is, and so how it ends |
 * | flights | n | how many messages on their way carry it |
 * | keeper | 0 | nobody is taking anything away |
 * | keeper | owner | this one takes a flight or a holder away, and ends the object if that was the last |
 * | holders | a bit for each slot | this process has a handle |
 *
 * The cell of an object is SHARED. While a recoverer looks at it, it is that one's AT_WORK, and is not freed.
 *
 * Laws
 * 1. Flights and bits are taken away by the keeper alone. Adding needs no keeper: who adds a flight has his bit
 *    set, who sets his bit has it from a message whose flight still counts. So what the keeper finds held stays
 *    held until he lets go, and an object that he finds unheld can be reached by nobody.
 * 2. Only who is counted touches the words of an object: who has a bit or a flight, the keeper, or a recoverer
 *    at work. Who was counted touches nothing after he has let go of `keeper`; another may have ended the object,
 *    and its words be somebody's data.
 * 3. A keeper may die. Whoever needs to be keeper next takes it over, and looks for the end in his place.
 *
 * A process killed between counting a flight and writing down what carries it (a note of `cargo.ts`, then the message), or
 * between crossing the object off that and counting down, leaves the object without an end; it goes with the tree. These are
 * two steps that follow each other, each time. The other way round it would go too early.
 */
import { ProcessError } from "../errors.ts";
import { type Cells, SHARED } from "../memory/cells.ts";
import { OWNER_SLOTS } from "../memory/layout.ts";
import { AT_WORK, NOBODY, type OwnerId, slotOf, workerIn } from "../memory/owner_id.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";

const HOLDER_WORDS = OWNER_SLOTS / 32;

const OBJECT = struct({ kind: 1, flights: 1, keeper: 1, holders: HOLDER_WORDS });

/** A look takes some nanoseconds, the question some microseconds. */
const PATIENCE = 10_000;

/** How often to pause before going on without: for some seconds. */
const PAUSES = 5_000;

/** How many words of a shared object stand in front of its own. */
export const OBJECT_HEADER_WORDS: number = OBJECT.size;

/** What is done when nobody holds an object any more; may be done again if its doer dies. */
export type Ender = (at: WordIndex) => void;

/** What is done to an object when a process has died that may have used it; may be done again. */
export type Mourner = (at: WordIndex, dead: OwnerId) => void;

/** The shared objects of a heap, for one process. An object is named by its first own word. */
export class Holdings {
  readonly #words: WordMemory;
  readonly #cells: Cells;
  readonly #self: OwnerId;
  readonly #enders: Map<number, Ender> = new Map();
  readonly #mourners: Map<number, Mourner> = new Map();
  readonly #isAlive: (owner: OwnerId) => boolean;
  readonly #pause: () => void;
  readonly #patience: number;

  /**
   * @param words The words of the heap.
   * @param cells Where objects lie.
   * @param self Who holds.
   * @param isAlive Whether an owner may still act.
   * @param pause Blocks this thread for about a millisecond.
   * @param patience How often to look at what another is about to change, before asking whether he is alive.
   */
  constructor(
    words: WordMemory,
    cells: Cells,
    self: OwnerId,
    isAlive: (owner: OwnerId) => boolean,
    pause: () => void,
    patience: number = PATIENCE,
  ) {
    this.#words = words;
    this.#cells = cells;
    this.#self = self;
    this.#isAlive = isAlive;
    this.#pause = pause;
    this.#patience = patience;
  }

  /** Says how objects of a kind end, besides that their cell is freed. */
  setEnder(kind: number, ender: Ender): void {
    this.#enders.set(kind, ender);
  }

  /** Says what is done to all objects of a kind when a process has died, whether that one held them or not. */
  setMourner(kind: number, mourner: Mourner): void {
    this.#mourners.set(kind, mourner);
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

  /** This process has no handle any more; nothing happens if it had none. */
  letGo(at: WordIndex): void {
    const slot = slotOf(this.#self);
    if (!this.#hasBit(at, slot)) return;
    this.#keep(at);
    this.#clearBit(at, slot);
    this.#endOrRelease(at);
  }

  /** A message begins to carry the object; this process holds it. */
  takeOff(at: WordIndex): void {
    this.#words.add(at - OBJECT.size + OBJECT.flights, 1);
  }

  /**
   * A message that carried the object is gone; who received it holds the object by now.
   *
   * @param crossOff Crosses the object off that message. It is called when this process is the keeper, which may take
   * a while: one that dies on the way there has crossed off nothing, and who recovers it lands the object.
   * @throws {ProcessError} if none carried it.
   */
  land(at: WordIndex, crossOff?: () => void): void {
    this.#keep(at);
    crossOff?.();
    const flights = at - OBJECT.size + OBJECT.flights;
    const before = this.#words.load(flights);
    if (before > 0) this.#words.add(flights, -1);
    this.#endOrRelease(at);
    if (before > 0) return;
    throw new ProcessError(`Cannot land the object at word ${at}: ${before} messages carry it`);
  }

  /** Whether an owner holds the object; of one that died, before it is recovered. */
  isHeldBy(at: WordIndex, owner: OwnerId): boolean {
    return this.#hasBit(at, slotOf(owner));
  }

  /** Whether any process holds the object. */
  isHeld(at: WordIndex): boolean {
    for (let i = 0; i < HOLDER_WORDS; i++) {
      if (this.#words.load(at - OBJECT.size + OBJECT.holders + i) !== 0) return true;
    }
    return false;
  }

  /** Whether any message carries the object. */
  isCarried(at: WordIndex): boolean {
    return this.#words.load(at - OBJECT.size + OBJECT.flights) > 0;
  }

  /** Lets go of everything that a dead owner held, and finishes what it was ending. Can be repeated. */
  recover(dead: OwnerId): void {
    let looks = 0;
    const decide = (state: number): "take" | "leave" | "look" => {
      if (state === SHARED) return "take";
      const worker = workerIn(state);
      if (worker === NOBODY || worker === this.#self) return "leave";
      // Who recovers another at the same time stands before an object for a moment only.
      if (worker === dead || !this.#isStillThere(worker, ++looks)) return "take";
      return looks < this.#patience * PAUSES ? "look" : "leave";
    };
    for (const cell of this.#cells.claimAll(decide, this.#self | AT_WORK)) {
      this.#recoverObject(cell + OBJECT.size, dead);
    }
  }

  /** The cell is ours to look at: nobody frees it meanwhile. */
  #recoverObject(at: WordIndex, dead: OwnerId): void {
    this.#mourners.get(this.kindOf(at))?.(at, dead);
    const slot = slotOf(dead);
    const keeper = at - OBJECT.size + OBJECT.keeper;
    let isKeeper = this.#words.compareExchange(keeper, dead, this.#self) === dead;
    if (this.#hasBit(at, slot)) {
      // The bit keeps others from ending it: one who does, waits for us to leave its cell.
      if (!isKeeper) this.#keep(at);
      isKeeper = true;
      this.#clearBit(at, slot);
    }
    this.#cells.handOver(at - OBJECT.size, this.#self | AT_WORK, SHARED);
    if (isKeeper) this.#endOrRelease(at);
  }

  /** Becomes the keeper of an object; this process is counted there, or at work on it. */
  #keep(at: WordIndex): void {
    const keeper = at - OBJECT.size + OBJECT.keeper;
    for (let looks = 1;; looks++) {
      const before = this.#words.compareExchange(keeper, NOBODY, this.#self);
      if (before === NOBODY) return;
      if (this.#isStillThere(before, looks)) continue;
      if (this.#words.compareExchange(keeper, before, this.#self) === before) return;
    }
  }

  /** Whether somebody who is in the way is alive; asked now and then, because he is quick or dead. */
  #isStillThere(owner: OwnerId, looks: number): boolean {
    if (looks % this.#patience !== 0) return true;
    if (!this.#isAlive(owner)) return false;
    this.#pause();
    return true;
  }

  /** What the keeper does last. */
  #endOrRelease(at: WordIndex): void {
    if (this.isCarried(at) || this.isHeld(at)) {
      this.#words.store(at - OBJECT.size + OBJECT.keeper, NOBODY);
      return;
    }
    this.#enders.get(this.kindOf(at))?.(at);
    if (this.#takeCell(at - OBJECT.size)) this.#cells.free(at - OBJECT.size);
  }

  /** Takes the cell of an ended object, which a recoverer may be looking at for a moment. */
  #takeCell(cell: WordIndex): boolean {
    for (let looks = 1; looks <= this.#patience * PAUSES; looks++) {
      if (this.#cells.handOver(cell, SHARED, this.#self)) return true;
      const state = this.#cells.ownerOf(cell);
      if (workerIn(state) === NOBODY || this.#isStillThere(workerIn(state), looks)) continue;
      if (this.#cells.handOver(cell, state, this.#self)) return true;
    }
    // He has been stopped. We stay the keeper, and who recovers us will end it.
    return false;
  }

  #hasBit(at: WordIndex, slot: number): boolean {
    return (this.#words.load(holderWord(at, slot)) & (1 << (slot & 31))) !== 0;
  }

  #clearBit(at: WordIndex, slot: number): void {
    this.#words.and(holderWord(at, slot), ~(1 << (slot & 31)));
  }
}

function holderWord(at: WordIndex, slot: number): WordIndex {
  return at - OBJECT.size + OBJECT.holders + (slot >>> 5);
}
