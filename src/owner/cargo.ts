/**
 * Cargo: the shared objects that a message carries, listed in front of its bytes, so that they stay while
 * it is on its way and go if it never arrives.
 *
 * A list is a count and as many objects, or 0 for one that has landed. The memory of a message with cargo is *tagged*: recovery looks
 * into the tagged memory of the dead before it frees that.
 */
import type { Allocator, Heap } from "../memory/heap.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Holdings } from "./holdings.ts";

/** Where the list of a message in a block begins, in bytes. */
export const CARGO_OF_BLOCK = 8;

/** Instead of an object: it has landed. */
const CROSSED_OFF = 0;

/** Objects that a message being written will carry. */
export class Cargo {
  readonly #holdings: Holdings;
  readonly #objects: WordIndex[] = [];

  /** @param holdings The shared objects. */
  constructor(holdings: Holdings) {
    this.#holdings = holdings;
  }

  /** How many there are. */
  get size(): number {
    return this.#objects.length;
  }

  /** How many words the list takes. */
  get words(): number {
    return 1 + this.#objects.length;
  }

  /** Loads an object that this process holds. */
  load(at: WordIndex): void {
    this.#holdings.takeOff(at);
    this.#objects.push(at);
  }

  /** Nothing of it will be sent. */
  unload(): void {
    for (const at of this.#objects.splice(0)) this.#holdings.land(at);
  }

  /** Writes the list. */
  writeTo(target: Int32Array): void {
    target[0] = this.#objects.length;
    for (let i = 0; i < this.#objects.length; i++) target[1 + i] = this.#objects[i];
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
