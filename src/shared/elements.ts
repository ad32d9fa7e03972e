/**
 * Single elements that are read and changed in one step each, of every type: integers as they are,
 * floats by the integer that has their bits.
 */
import { type IntegerArray, IntegerElements } from "../memory/words.ts";
import type { ElementType } from "./types.ts";

/** Atomic operations on elements of a range of shared memory, by index. */
export interface Elements<T extends number | bigint> {
  /** The value of an element. */
  load(index: number): T;
  /** Sets an element. */
  store(index: number, value: T): void;
  /** Sets an element and returns what it was. */
  exchange(index: number, value: T): T;
  /** Sets an element if it is `expected`; returns what it was. */
  compareExchange(index: number, expected: T, replacement: T): T;
  /** Adds to an element and returns what it was. */
  add(index: number, value: T): T;
}

type View<A> = new (buffer: ArrayBuffer, byteOffset: number, length: number) => A;

const INTEGERS: Readonly<Record<string, View<IntegerArray>>> = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
};

/** The integers of as many bits. */
const BITS: Readonly<Record<string, View<IntegerArray>>> = {
  float16: Uint16Array,
  float32: Uint32Array,
  float64: BigUint64Array,
};

/** The elements of a type in a range of shared memory. */
export function elementsOf(
  type: ElementType,
  buffer: ArrayBuffer,
  byteOffset: number,
  length: number,
): Elements<number> | Elements<bigint> {
  const Integers = INTEGERS[type.name];
  if (Integers !== undefined) {
    const array = new Integers(buffer, byteOffset, length);
    return new IntegerElements<number>(array);
  }
  return new FloatElements(type, new BITS[type.name](buffer, byteOffset, length));
}

/** Whether elements of a type can be changed in one step. */
export function isAtomic({ name }: ElementType): boolean {
  return name in INTEGERS || name in BITS;
}

type Bits = number | bigint;

class FloatElements implements Elements<number> {
  readonly #elements: IntegerElements<Bits>;
  readonly #float: Float64Array;
  readonly #bits: Uint32Array;

  constructor({ name, byteLength, constructor }: ElementType, array: IntegerArray) {
    this.#elements = new IntegerElements(array);
    const scratch = new ArrayBuffer(byteLength);
    this.#float = new constructor(scratch) as Float64Array;
    this.#bits = new BITS[name](scratch, 0, 1) as Uint32Array;
  }

  load(index: number): number {
    return this.#toFloat(this.#elements.load(index));
  }

  store(index: number, value: number): void {
    this.#elements.store(index, this.#toBits(value));
  }

  exchange(index: number, value: number): number {
    return this.#toFloat(this.#elements.exchange(index, this.#toBits(value)));
  }

  compareExchange(index: number, expected: number, replacement: number): number {
    // Not one after the other into the same scratch: a bigint is a copy, and so is a number.
    const bits = this.#toBits(expected);
    return this.#toFloat(this.#elements.compareExchange(index, bits, this.#toBits(replacement)));
  }

  add(index: number, value: number): number {
    for (;;) {
      const bits = this.#elements.load(index);
      const before = this.#toFloat(bits);
      const after = this.#toBits(before + value);
      if (this.#elements.compareExchange(index, bits, after) === bits) return before;
    }
  }

  /** Engines write what bits they like for NaN; ours are always the same. */
  #toBits(value: number): Bits {
    this.#float[0] = value === value ? value : NaN;
    return this.#bits[0];
  }

  #toFloat(bits: Bits): number {
    this.#bits[0] = bits as number;
    return this.#float[0];
  }
}
