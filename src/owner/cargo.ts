/**
 * Cargo: the shared objects that a message carries, listed in front of its bytes, so that they stay while
 * it is on its way and go if it never arrives.
 *
 * A list is a count and as many objects. The memory of a message with cargo is *tagged*: recovery looks
 * into the tagged memory of the dead before it frees that.
 */
import type { Allocator, Heap } from "../memory/heap.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Holdings } from "./holdings.ts";

/** Where the list of a message in a block begins, in bytes. */
export const CARGO_OF_BLOCK = 8;

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

/** The objects of a list that is taken out of its message, which is about to be freed. */
export function takeCargo(list: Int32Array): WordIndex[] {
  const objects = [...list.subarray(1, 1 + list[0])];
  // First out of the message: whoever frees it again after our death must not land them again.
  list[0] = 0;
  return objects;
}

/** Lands what a message in a cell carried whose sender or receiver has died. */
export function landCargoOfCell(
  { words }: Heap,
  { cells }: Allocator,
  holdings: Holdings,
  payload: WordIndex,
): void {
  if (!cells.isTagged(payload)) return;
  const count = words.exchange(payload, 0);
  for (let i = 1; i <= count; i++) holdings.land(words.load(payload + i));
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
    const list = new Int32Array(mapping.buffer, CARGO_OF_BLOCK);
    for (const at of takeCargo(list)) holdings.land(at);
  } finally {
    mapping.unmap();
  }
}
