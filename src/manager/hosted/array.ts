/** Arrays of numbers that a manager keeps for others. */
import { type ArraySource, sharedArray } from "../../shared/shared_array.ts";
import type { TypeName } from "../../shared/types.ts";

type Numbers = Float64Array & Disposable;

/** An array of a fixed type and length, which is the same one for those who have it in shared memory. */
export class HostedArray {
  readonly #array: Numbers;

  /**
   * @param type The type of its elements, or the array in shared memory.
   * @param source How many elements it has, or which.
   */
  constructor(type: TypeName | ArrayBufferView, source: ArraySource = 0) {
    this.#array = (typeof type === "string" ? sharedArray(type, source) : type) as Numbers;
  }

  at(index: number): number | bigint | undefined {
    return this.#array.at(index);
  }

  set(index: number, value: number): void {
    const { length } = this.#array;
    const position = index < 0 ? length + index : index;
    if (!Number.isInteger(index) || position < 0 || position >= length) {
      throw new RangeError(`Cannot set element ${String(index)}: the array has ${length} elements`);
    }
    this.#array[position] = value;
  }

  fill(value: number, start?: number, end?: number): void {
    this.#array.fill(value, start, end);
  }

  slice(start?: number, end?: number): ArrayBufferView {
    return this.#array.slice(start, end);
  }

  length(): number {
    return this.#array.length;
  }

  snapshot(): ArrayBufferView {
    return this.#array.slice();
  }

  /** Nobody has it any more. */
  end(): void {}
}
