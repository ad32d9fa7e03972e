/** What is shared, and letting go of it. */
import { isMapped, unmapBuffer } from "./mapping.ts";
import { bytesObject, disposeBytes } from "./shared_bytes.ts";
import { SharedStruct } from "./shared_struct.ts";
import { SharedValue } from "./shared_value.ts";
import { SharedStructArray } from "./struct_array.ts";

/**
 * Whether a value lies in memory that processes share: a shared array, any view of one, its buffer, that
 * of named memory, a shared value, a shared struct, or an array of structs.
 *
 * Memory that was disposed is not shared any more. A `SharedArrayBuffer` is shared by threads only.
 *
 * @example
 * ```ts
 * import { isShared, sharedArray } from "@x/mp";
 *
 * using xs = sharedArray("d", 4);
 * console.log(isShared(xs), isShared(xs.subarray(1)), isShared(xs.slice())); // true true false
 * ```
 */
export function isShared(value: unknown): boolean {
  const buffer = bufferOf(value);
  if (buffer !== undefined) return bytesObject(buffer) !== undefined || isMapped(buffer);
  return value instanceof SharedValue || value instanceof SharedStruct ||
    value instanceof SharedStructArray;
}

/**
 * This process lets go of shared memory now, and does not leave it to the garbage collector. Other
 * processes that use it keep it.
 *
 * From then on every view of it here is empty: reading an element gives `undefined`, and what needs
 * elements throws a `TypeError`. The second time nothing happens.
 *
 * Nothing native may be using the memory at that moment, as an asynchronous write of it to a file does.
 *
 * @example
 * ```ts
 * import { dispose, sharedArray } from "@x/mp";
 *
 * const xs = sharedArray("B", 2 ** 20);
 * dispose(xs);
 * console.log(xs.length, xs[0]); // 0 undefined
 * ```
 *
 * @param shared A shared array, a view of one, or anything with `Symbol.dispose`.
 * @throws {TypeError} if it is neither.
 */
export function dispose(shared: ArrayBufferView | ArrayBuffer | Disposable): void {
  const buffer = bufferOf(shared);
  if (buffer !== undefined && (disposeBytes(buffer) || isMapped(buffer))) {
    return unmapBuffer(buffer);
  }
  const end = (shared as Partial<Disposable> | null)?.[Symbol.dispose];
  if (typeof end !== "function") {
    throw new TypeError("Cannot dispose: this is neither shared memory nor disposable");
  }
  end.call(shared);
}

function bufferOf(value: unknown): ArrayBuffer | undefined {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  return buffer instanceof ArrayBuffer ? buffer : undefined;
}
