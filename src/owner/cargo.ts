/**
 * Cargo: the shared objects that a message carries, listed in front of its bytes, so that they stay while
 * it is on its way and go if it never arrives.
 *
 * A list is a count and as many objects, or 0 for one that has landed. The memory of a message with cargo is *tagged*: recovery looks
 * into the tagged memory of the dead before it frees that.
 */
import type { Cells } from "../memory/cells.ts";
import type { Allocator, Heap } from "../memory/heap.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";
import type { Holdings } from "./holdings.ts";

/** Where the list of a message in a block begins, in bytes. */
export const CARGO_OF_BLOCK = 8;

/** Instead of an object: it has landed, or was not counted yet. */
const CROSSED_OFF = 0;

/** How many objects the first note has room for: the smallest cell holds them and their number. */
const FIRST_NOTE = 5;

/** What cargo is loaded with: a process as a member of its tree has all of it. */
export interface Dock {
  /** The shared objects. */
  readonly holdings: Holdings;
  /** Where notes lie. */
  readonly allocator: { readonly cells: Cells };
  /** Their words. */
  readonly heap: { readonly words: WordMemory };
}

/**
 * Objects that a message being written will carry.
 *
 * From when an object is counted until the message lists it, a *note* does: a tagged cell of this process, with a list like
 * that of a message. So who recovers this process lands the object, whatever a process does between the two, and however long.
 */
export class Cargo {
  readonly #dock: Dock;
  /** What is loaded, and in which word of a note each stands. */
  readonly #objects: WordIndex[] = [];
  readonly #noted: WordIndex[] = [];
  readonly #notes: WordIndex[] = [];
  /** The next free word of the last note, and how many there are. */
  #next: WordIndex = 0;
  #left = 0;

  /** @param dock What it is loaded with. */
  constructor(dock: Dock) {
    this.#dock = dock;
  }

  /** How many there are. */
  get size(): number {
    return this.#objects.length;
  }

  /** How many words the list takes. */
  get words(): number {
    return 1 + this.#objects.length;
  }

  /**
   * Loads an object that this process holds.
   *
   * @throws {OutOfMemoryError} if there is no room for a note; it is not loaded then.
   */
  load(at: WordIndex): void {
    const { holdings, heap: { words } } = this.#dock;
    if (this.#left === 0) this.#takeNote();
    holdings.takeOff(at);
    words.store(this.#next, at);
    this.#objects.push(at);
    this.#noted.push(this.#next++);
    this.#left--;
  }

  /** Nothing of it will be sent. */
  unload(): void {
    const { holdings, heap: { words } } = this.#dock;
    const objects = this.#objects.splice(0), noted = this.#noted.splice(0);
    objects.forEach((at, i) => holdings.land(at, () => words.store(noted[i], CROSSED_OFF)));
    this.#freeNotes();
  }

  /**
   * Writes the list, which carries the objects from then on: nothing is loaded any more.
   *
   * @param target Where the message begins.
   * @param tag Tags the memory of the message, which belongs to this process.
   */
  writeTo(target: Int32Array, tag: () => void): void {
    const { heap: { words } } = this.#dock;
    const objects = this.#objects.splice(0), noted = this.#noted.splice(0);
    target[0] = objects.length;
    if (objects.length === 0) return;
    target.fill(CROSSED_OFF, 1, 1 + objects.length);
    tag();
    for (let i = 0; i < objects.length; i++) {
      words.store(noted[i], CROSSED_OFF);
      target[1 + i] = objects[i];
    }
    this.#freeNotes();
  }

  #takeNote(): void {
    const { allocator: { cells }, heap: { words } } = this.#dock;
    const room = FIRST_NOTE * 4 ** Math.min(this.#notes.length, 6);
    const note = cells.allocate(4 * (1 + room));
    words.store(note, room);
    for (let i = 1; i <= room; i++) words.store(note + i, CROSSED_OFF);
    cells.tag(note);
    this.#notes.push(note);
    this.#next = note + 1;
    this.#left = room;
  }

  #freeNotes(): void {
    for (const note of this.#notes.splice(0)) this.#dock.allocator.cells.free(note);
    this.#left = 0;
  }
}

/** Lands the objects of a message that is about to be freed, and crosses each off; can be repeated by another. */
export function landCargo(holdings: Holdings, list: Int32Array): void {
  for (let i = 1; i <= list[0]; i++) {
    if (list[i] !== CROSSED_OFF) holdings.land(list[i], () => void (list[i] = CROSSED_OFF));
  }
}

/** Lands what a message in a cell carried whose sender or receiver has died. */
export function landCargoOfCell(
  heap: Heap,
  { cells }: Allocator,
  holdings: Holdings,
  payload: WordIndex,
): void {
  if (!cells.isTagged(payload)) return;
  const { buffer, byteOffset, byteLength } = heap.bytesAt(payload, cells.byteLength(payload));
  landCargo(holdings, new Int32Array(buffer, byteOffset, byteLength >> 2));
}

/** The same of a message in a block. */
export function landCargoOfBlock(
  heap: Heap,
  { blocks }: Allocator,
  holdings: Holdings,
  block: number,
): void {
  if (!blocks.isTagged(block)) return;
  const { offset, byteLength } = blocks.range(block);
  const mapping = heap.mapRange(offset, byteLength);
  try {
    landCargo(holdings, new Int32Array(mapping.buffer, CARGO_OF_BLOCK));
  } finally {
    mapping.unmap();
  }
}
