/** Typed arrays in shared memory. */
import { shown } from "../parking/checks.ts";
import { createBytes, disposeBytes } from "./shared_bytes.ts";
import { checkLength } from "./length.ts";
import { isBig } from "./operand.ts";
import {
  type ElementType,
  elementType,
  type TypedArrayConstructor,
  type TypedArrays,
  type TypeName,
} from "./types.ts";

const ACT = "share an array";

/** What a shared array can be made of: its length, or its elements. */
export type ArraySource = number | Iterable<number | bigint> | ArrayLike<number | bigint> | string;

/**
 * Makes a typed array in shared memory.
 *
 * - It is a genuine typed array: an instance of its class, with all its methods, as fast as any other.
 * - Passed to another process of the tree in whatever way, alone or inside of something, it arrives as
 *   an array over the same memory; so do its subarrays, other views of its buffer, and the buffer. No
 *   bytes are copied, whatever its size.
 * - `slice()`, `map()` and `filter()` make ordinary arrays, which are copied when they are passed.
 * - Without elements it is zeros.
 * - Its memory is freed when no process uses it any more: when each has disposed it, has ended, or has
 *   no view of it left that is reachable. Collectors do not hurry: dispose what is large.
 *
 * Reads and writes are plain: they may be seen by other processes late and in another order, and two
 * processes that add to one element lose additions. Use {@linkcode lockOf}, `Atomics`, or a lock, event
 * or channel of this module between a write here and a read there; each of these orders what was
 * written before it.
 *
 * Modelled on `multiprocessing.Array`.
 *
 * @example Squares, in place
 * ```ts
 * import { Pool, sharedArray } from "@x/mp";
 *
 * export function square(xs: Int32Array): void {
 *   for (let i = 0; i < xs.length; i++) xs[i] **= 2;
 * }
 *
 * if (import.meta.main) {
 *   using xs = sharedArray("i", [1, 2, 3, 4]);
 *   await using pool = new Pool(2);
 *   await pool.map(square, [xs.subarray(0, 2), xs.subarray(2)]);
 *   console.log(xs.join()); // 1,4,9,16
 * }
 * ```
 *
 * @param type The type of the elements: a code, a name, or a constructor.
 * @param source The length in elements, or the elements. For `"c"` and `"u"` also text, as UTF-8 and
 * as code points. Elements are numbers, of integer types whole ones, which wrap as in any typed array; those of 64 bits
 * may be bigints. Another typed array is converted as its `set()` would.
 * @throws {TypeError} if there is no such type, or the elements are not of it.
 * @throws {RangeError} if the length is not an integer from 0.
 * @throws {OutOfMemoryError} if the machine has not that much memory left.
 */
export function sharedArray<T extends TypeName>(
  type: T,
  source: ArraySource,
): TypedArrays[T] & Disposable;
/** The same with the constructor of a typed array. */
export function sharedArray<A extends ArrayBufferView>(
  type: TypedArrayConstructor<A>,
  source: ArraySource,
): A & Disposable;
export function sharedArray(
  name: TypeName | TypedArrayConstructor,
  source: ArraySource,
): ArrayBufferView & Disposable {
  const type = elementType(ACT, name);
  const elements = elementsOf(name, type, source);
  const length = checkLength(ACT, typeof elements === "number" ? elements : elements.length);
  if (typeof elements !== "number") checkElements(type, elements);
  const buffer = createBytes(length * type.byteLength);
  try {
    const array = new type.constructor(buffer, 0, length);
    if (typeof elements !== "number") fill(array, type, elements);
    return Object.defineProperty(array, Symbol.dispose, DISPOSE) as ArrayBufferView & Disposable;
  } catch (error) {
    disposeBytes(buffer);
    throw error;
  }
}

const DISPOSE: PropertyDescriptor = {
  value(this: ArrayBufferView<ArrayBuffer>): void {
    disposeBytes(this.buffer);
  },
};

type Elements = ArrayLike<number | bigint>;

/** The length, or the elements. */
function elementsOf(name: unknown, type: ElementType, source: unknown): number | Elements {
  if (typeof source === "number") return source;
  if (typeof source === "string") return characters(name, type, source);
  if (typeof source === "object" && source !== null) {
    if (typeof (source as Elements).length === "number") return source as Elements;
    if (Symbol.iterator in source) return [...source as Iterable<number | bigint>];
  }
  throw new TypeError(
    `Cannot ${ACT}: needs a length or elements, got ${source === null ? "null" : typeof source}`,
  );
}

function characters(name: unknown, type: ElementType, text: string): Elements {
  if (name === "c") return new TextEncoder().encode(text);
  if (name === "u") return Array.from(text, (character) => character.codePointAt(0)!);
  throw new TypeError(`Cannot ${ACT}: text makes elements of type c and u, not ${type.name}`);
}

const FRACTIONS: ReadonlySet<string> = new Set(["uint8clamped", "float16", "float32", "float64"]);

/** Engines would take "2" for 2, cut 1.5 to 1, and make 0 of what is not there. */
function checkElements(type: ElementType, elements: Elements): void {
  const takesBig = isBig(type);
  if (ArrayBuffer.isView(elements) && !takesBig) return;
  const takesFractions = FRACTIONS.has(type.name);
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i];
    if (Number.isInteger(element) || takesBig && typeof element === "bigint") continue;
    if (takesFractions && typeof element === "number") continue;
    const wanted = takesBig || typeof element === "number" ? "an integer" : "a number";
    throw new TypeError(
      `Cannot ${ACT}: elements[${i}] of ${type.name} must be ${wanted}, got ${shown(element)}`,
    );
  }
}

function fill(array: ArrayBufferView, type: ElementType, elements: Elements): void {
  if (!isBig(type)) {
    (array as Float64Array).set(elements as ArrayLike<number>);
  } else {
    const all = array as BigInt64Array;
    // Integers are taken for what they say, as Python's are.
    for (let i = 0; i < elements.length; i++) all[i] = BigInt(elements[i]);
  }
}
