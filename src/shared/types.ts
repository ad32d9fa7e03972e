/**
 * The types of shared elements: by the codes of Python's `array` and `ctypes` (with Linux's sizes), by
 * name, or by the constructor of a typed array.
 *
 * | code | C | elements | | code | C | elements |
 * | --- | --- | --- | --- | --- | --- | --- |
 * | `c` | char | `uint8` | | `l` | long | `int64` |
 * | `u` | wchar_t | `uint32` | | `L` | unsigned long | `uint64` |
 * | `b` | signed char | `int8` | | `q` | long long | `int64` |
 * | `B` | unsigned char | `uint8` | | `Q` | unsigned long long | `uint64` |
 * | `h` | short | `int16` | | `f` | float | `float32` |
 * | `H` | unsigned short | `uint16` | | `d` | double | `float64` |
 * | `i` | int | `int32` | | | | |
 * | `I` | unsigned int | `uint32` | | | | |
 */

/** The typed array of each name and each code. */
export interface TypedArrays {
  /** 8 bits, signed. */
  int8: Int8Array<ArrayBuffer>;
  /** 8 bits. */
  uint8: Uint8Array<ArrayBuffer>;
  /** 8 bits; what is beyond them becomes 0 or 255. */
  uint8clamped: Uint8ClampedArray<ArrayBuffer>;
  /** 16 bits, signed. */
  int16: Int16Array<ArrayBuffer>;
  /** 16 bits. */
  uint16: Uint16Array<ArrayBuffer>;
  /** 32 bits, signed. */
  int32: Int32Array<ArrayBuffer>;
  /** 32 bits. */
  uint32: Uint32Array<ArrayBuffer>;
  /** 64 bits, signed, as `bigint`. */
  int64: BigInt64Array<ArrayBuffer>;
  /** 64 bits, as `bigint`. */
  uint64: BigUint64Array<ArrayBuffer>;
  /** A double of 32 bits. */
  float32: Float32Array<ArrayBuffer>;
  /** A number as JavaScript has it. */
  float64: Float64Array<ArrayBuffer>;
  /** C's `char`. */
  c: Uint8Array<ArrayBuffer>;
  /** C's `wchar_t`: a code point. */
  u: Uint32Array<ArrayBuffer>;
  /** C's `signed char`. */
  b: Int8Array<ArrayBuffer>;
  /** C's `unsigned char`. */
  B: Uint8Array<ArrayBuffer>;
  /** C's `short`. */
  h: Int16Array<ArrayBuffer>;
  /** C's `unsigned short`. */
  H: Uint16Array<ArrayBuffer>;
  /** C's `int`. */
  i: Int32Array<ArrayBuffer>;
  /** C's `unsigned int`. */
  I: Uint32Array<ArrayBuffer>;
  /** C's `long`. */
  l: BigInt64Array<ArrayBuffer>;
  /** C's `unsigned long`. */
  L: BigUint64Array<ArrayBuffer>;
  /** C's `long long`. */
  q: BigInt64Array<ArrayBuffer>;
  /** C's `unsigned long long`. */
  Q: BigUint64Array<ArrayBuffer>;
  /** C's `float`. */
  f: Float32Array<ArrayBuffer>;
  /** C's `double`. */
  d: Float64Array<ArrayBuffer>;
}

/** A type by its code, as `"i"`, or its name, as `"int32"`. */
export type TypeName = keyof TypedArrays;

/** The types whose elements are changed in one step: all but clamped ones. */
export type ValueType = Exclude<TypeName, "uint8clamped">;

/** An element of a type: `bigint` if it has 64 bits and is an integer, else `number`. */
export type ValueOf<T extends ValueType> = TypedArrays[T][number];

/** The constructor of a typed array; `Float16Array`, too, where the runtime has it. */
export interface TypedArrayConstructor<A extends ArrayBufferView = ArrayBufferView> {
  /** How many bytes an element has. */
  readonly BYTES_PER_ELEMENT: number;
  /** The type of its instances. */
  readonly prototype: A;
  /** Makes a view. */
  new (buffer: ArrayBuffer, byteOffset?: number, length?: number): ArrayBufferView;
}

/** What is known of a type. */
export interface ElementType {
  /** Its name, as in `"int32"`. */
  readonly name: string;
  /** How many bytes an element has. */
  readonly byteLength: number;
  /** Its typed array. */
  readonly constructor: TypedArrayConstructor;
  /** Its number in shared memory. */
  readonly number: number;
}

const CODES: Readonly<Record<string, string>> = {
  c: "uint8",
  u: "uint32",
  b: "int8",
  B: "uint8",
  h: "int16",
  H: "uint16",
  i: "int32",
  I: "uint32",
  l: "int64",
  L: "uint64",
  q: "int64",
  Q: "uint64",
  f: "float32",
  d: "float64",
};

const { Float16Array } = globalThis as { Float16Array?: TypedArrayConstructor };

const CONSTRUCTORS: Readonly<Record<string, TypedArrayConstructor>> = {
  int8: Int8Array,
  uint8: Uint8Array,
  uint8clamped: Uint8ClampedArray,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
  ...(Float16Array === undefined ? {} : { float16: Float16Array }),
};

/** By number. */
const types: readonly ElementType[] = Object.entries(CONSTRUCTORS).map(
  ([name, constructor], number) => ({
    name,
    byteLength: constructor.BYTES_PER_ELEMENT,
    constructor,
    number,
  }),
);

const byName = new Map<unknown, ElementType>();
for (const type of types) byName.set(type.name, type).set(type.constructor, type);
for (const [code, name] of Object.entries(CODES)) byName.set(code, byName.get(name)!);

/** The type with a number. */
export function typeNumbered(number: number): ElementType {
  return types[number];
}

/**
 * Finds a type.
 *
 * @param act What it is needed for, as in `"share an array"`.
 * @throws {TypeError} if there is no such type.
 */
export function elementType(act: string, type: unknown): ElementType {
  const found = byName.get(type);
  if (found !== undefined) return found;
  const got = typeof type === "function" ? type.name : JSON.stringify(type) ?? String(type);
  throw new TypeError(
    `Cannot ${act}: type must be one of ${Object.keys(CODES).join(" ")}, ` +
      `${Object.keys(CONSTRUCTORS).join(", ")}, or a typed array's constructor, got ${got}`,
  );
}
