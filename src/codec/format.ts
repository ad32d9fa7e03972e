/**
 * The tags of the format, version 1; `README.md` has the table of layouts.
 *
 * The first byte of a value says what it is. Values that are common and small live in that byte.
 * All numbers are little-endian; `varint` is LEB128, at most 53 bits.
 *
 * A change of any layout changes {@linkcode FORMAT_VERSION}: processes that were started from
 * different versions of this module compare it before they speak.
 */

/** The version of the format. */
export const FORMAT_VERSION = 1;

/** 0x00–0x7f: the integers 0 to 127. */
export const SMALL_INT_LIMIT = 0x80;
/** 0x80–0x9f: a string of 0 to 31 Latin-1 characters, one byte each. */
export const SHORT_STRING = 0x80;
/** How long a string in {@linkcode SHORT_STRING} may be, exclusive. */
export const SHORT_STRING_LIMIT = 0x20;
/** 0xa0–0xaf: a dense array of 0 to 15 items. */
export const SHORT_ARRAY = 0xa0;
/** How long an array in {@linkcode SHORT_ARRAY} may be, exclusive. */
export const SHORT_ARRAY_LIMIT = 0x10;
/** 0xb0–0xcf: an object with the keys of shape 0 to 31 of this message. */
export const SHORT_OBJECT = 0xb0;
/** Which shapes {@linkcode SHORT_OBJECT} can name, exclusive. */
export const SHORT_OBJECT_LIMIT = 0x20;

export const UNDEFINED = 0xd0;
export const NULL = 0xd1;
export const FALSE = 0xd2;
export const TRUE = 0xd3;
/** A hole in an array, or a property that vanished while its object was written. */
export const HOLE = 0xd4;
export const INT8 = 0xd5;
export const INT16 = 0xd6;
export const INT32 = 0xd7;
export const DOUBLE = 0xd8;
export const BIGINT64 = 0xd9;
export const BIGINT = 0xda;
export const STRING_UTF8 = 0xdb;
/** A well-formed string that is mostly beyond ASCII. */
export const STRING_UTF16 = 0xdc;
/** A string in which a surrogate stands alone. */
export const STRING_UNITS = 0xf1;
export const ARRAY = 0xdd;
/** An array with holes or named properties. */
export const ARRAY_SPARSE = 0xde;
export const OBJECT = 0xdf;
/** An object with more or longer keys than {@linkcode OBJECT} has room for. */
export const OBJECT_WIDE = 0xf0;
/** An object with the keys of an earlier one whose number is not short. */
export const OBJECT_LIKE = 0xe0;
export const MAP = 0xe1;
export const SET = 0xe2;
export const DATE = 0xe3;
export const REGEXP = 0xe4;
export const BOXED = 0xe5;
export const ERROR = 0xe6;
export const BUFFER = 0xe7;
export const BUFFER_RESIZABLE = 0xe8;
/** The part of a buffer that its views in this message cover; its bytes are at the end. */
export const BUFFER_PART = 0xe9;
/** A view of a buffer that is a value of its own. */
export const VIEW = 0xea;
/** A view that follows the length of its resizable buffer. */
export const VIEW_TRACKING = 0xeb;
/** A view together with the whole buffer that it covers. */
export const VIEW_WHOLE = 0xec;
/** An object that is in this message already. */
export const REFERENCE = 0xed;
/** Something that is shared rather than copied. */
export const CROSSING = 0xee;
/** Beside the tag of a crossing: the URL of the module that registers it follows. */
export const LATE = 0x80;
/** An array of numbers, all of one width. */
export const NUMBERS = 0xef;

/** From how many keys on an object is wide. */
export const WIDE_KEYS = 64;
/** From how many bytes of keys on an object is wide. */
export const WIDE_BYTES = 0x100;

/** From how many items on numbers are packed; see `bench/codec.ts`. */
export const NUMBERS_FROM = 8;
/** The widths of packed numbers: three of integers, and doubles. */
export const WIDTH = { int8: 0, int16: 1, int32: 2, double: 3 } as const;

/** The deepest nest that crosses: what every runtime can decode on an ordinary stack. */
export const MAX_DEPTH = 1000;

/** The constructors of views, by their number in the format. */
export const VIEW_NAMES = [
  "DataView",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float16Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
] as const;

/** The bytes of an element of each view, by its number in the format. */
export const VIEW_ELEMENT_BYTES = [1, 1, 1, 1, 2, 2, 4, 4, 2, 4, 8, 8, 8] as const;

/** The built-in classes of errors, by their number in the format. */
export const ERROR_NAMES = [
  "Error",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
  "AggregateError",
  "DOMException",
  "SuppressedError",
] as const;

/** The fields of an error that are not enumerable, as bits. */
export const ERROR_HAS = {
  name: 1,
  message: 2,
  stack: 4,
  cause: 8,
  errors: 16,
  error: 32,
  suppressed: 64,
} as const;
