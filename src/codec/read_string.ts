/** Strings. */

import {
  SHORT_ARRAY,
  SHORT_STRING,
  SHORT_STRING_LIMIT,
  STRING_UNITS,
  STRING_UTF16,
  STRING_UTF8,
} from "./format.ts";
import { type Input, malformed } from "./input.ts";

/** What is malformed becomes U+FFFD: a decoder that throws takes three times as long on Deno. */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const utf16 = new TextDecoder("utf-16le", { ignoreBOM: true });

const make = String.fromCharCode;

/** Arguments for `make`, by their number, to be filled and passed. */
const codesOf: number[][] = Array.from(
  { length: SHORT_STRING_LIMIT },
  (_, length) => new Array(length).fill(0),
);

/** Reads a string with its tag. */
export function readString(input: Input): string {
  const tag = input.readByte();
  if (tag >= SHORT_STRING && tag < SHORT_ARRAY) {
    return readShortString(input, tag & (SHORT_STRING_LIMIT - 1));
  }
  if (tag === STRING_UTF8) return readUtf8(input);
  if (tag === STRING_UTF16) return readUtf16(input);
  if (tag === STRING_UNITS) return readUnits(input);
  malformed(`a string was expected at byte ${input.position - 1}`);
}

/** Reads up to 31 Latin-1 characters. */
export function readShortString(input: Input, length: number): string {
  input.need(length);
  const { bytes: b, position: p } = input;
  input.position = p + length;
  // Arguments written out are twice as fast as an array of them.
  switch (length) {
    case 0:
      return "";
    case 1:
      return make(b[p]!);
    case 2:
      return make(b[p]!, b[p + 1]!);
    case 3:
      return make(b[p]!, b[p + 1]!, b[p + 2]!);
    case 4:
      return make(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!);
    case 5:
      return make(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!, b[p + 4]!);
    case 6:
      return make(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!, b[p + 4]!, b[p + 5]!);
    case 7:
      return make(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!, b[p + 4]!, b[p + 5]!, b[p + 6]!);
  }
  const codes = codesOf[length]!;
  for (let i = 0; i < length; i++) codes[i] = b[p + i]!;
  return make.apply(null, codes);
}

/** Reads UTF-8. */
export function readUtf8(input: Input): string {
  return readText(input, utf8, input.readCount(1));
}

/** Up to how many units calling a decoder takes longer than its work. */
const FEW = 48;

/** Reads well-formed UTF-16. */
export function readUtf16(input: Input): string {
  const length = input.readCount(2);
  return length < FEW ? makeString(input, length) : readText(input, utf16, 2 * length);
}

function readText(input: Input, decoder: TextDecoder, length: number): string {
  const start = input.position;
  input.position += length;
  try {
    return decoder.decode(input.bytes.subarray(start, start + length));
  } catch (cause) {
    malformed(`a text of ${length} bytes`, cause);
  }
}

const CHUNK = 4096;

/** Reads UTF-16 units, also surrogates that stand alone. */
export function readUnits(input: Input): string {
  const length = input.readCount(2);
  let text = "";
  for (let from = 0; from < length; from += CHUNK) {
    text += makeString(input, Math.min(length - from, CHUNK));
  }
  return text;
}

function makeString(input: Input, length: number): string {
  const bytes = input.bytes;
  let position = input.position;
  const units = new Array<number>(length);
  for (let i = 0; i < length; i++, position += 2) {
    units[i] = bytes[position]! | bytes[position + 1]! << 8;
  }
  input.position = position;
  return make.apply(null, units);
}
