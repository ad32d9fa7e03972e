/**
 * Spare blocks: what this process has disposed of, still mapped, for the next arrays of as many pages.
 *
 * To get pages from the machine and to give them back costs up to ten times as much as to fill them with
 * zeros (`bench/arrays.ts`). A spare belongs to this process, and goes with it.
 */
import type { Mapped } from "./mapping.ts";

/** How large a spare can be. */
const LARGEST = 2 ** 20;
/** How much a process keeps in all. */
const MOST = 2 ** 22;

/** A block that nobody uses, with a mapping. */
export interface Spare {
  /** The block. */
  readonly block: number;
  /** All of it, mapped. */
  readonly mapped: Mapped;
}

/** The spares of a process. */
export class Spares {
  readonly #bySize: Map<number, Spare[]> = new Map();
  #byteLength = 0;

  /** How many there are. */
  get size(): number {
    return [...this.#bySize.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Takes a spare that was kept for as many bytes, in whole pages. */
  take(byteLength: number): Spare | undefined {
    const spare = this.#bySize.get(byteLength)?.pop();
    if (spare !== undefined) this.#byteLength -= byteLength;
    return spare;
  }

  /** Keeps a spare of so many bytes, in whole pages; false if it is not worth it. */
  keep(byteLength: number, spare: Spare): boolean {
    if (byteLength > LARGEST || this.#byteLength + byteLength > MOST) return false;
    const known = this.#bySize.get(byteLength);
    if (known === undefined) this.#bySize.set(byteLength, [spare]);
    else known.push(spare);
    this.#byteLength += byteLength;
    return true;
  }

  /** Takes all of them. */
  takeAll(): Spare[] {
    const all = [...this.#bySize.values()].flat();
    this.#bySize.clear();
    this.#byteLength = 0;
    return all;
  }
}
