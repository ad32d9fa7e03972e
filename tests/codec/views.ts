/** The kinds of views of buffers. */

/** What makes views of one kind. */
export interface ViewConstructor {
  new (buffer: ArrayBuffer, byteOffset?: number, length?: number): ArrayBufferView;
  readonly name: string;
  readonly BYTES_PER_ELEMENT?: number;
}

const COMMON_ARRAYS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const;

/** Those that every runtime has. */
export const COMMON_VIEWS: readonly ViewConstructor[] = [DataView, ...COMMON_ARRAYS];

/** The typed arrays that this one has. */
export const TYPED_ARRAYS = [
  ...COMMON_ARRAYS,
  ...(typeof Float16Array === "function" ? [Float16Array] : []),
] as const;

/** All that this one has. */
export const VIEWS: readonly ViewConstructor[] = [DataView, ...TYPED_ARRAYS];
