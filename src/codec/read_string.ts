/** Strings. */

import { SHORT_ARRAY, SHORT_STRING, SHORT_STRING_LIMIT, STRING_UTF16, STRING_UTF8 } from "./format.ts";
import { type Input, malformed } from "./input.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads a string with its tag. */
export function readString(input: Input): string {
  const tag = input.readByte();
  if (tag >= SHORT_STRING && tag < SHORT_ARRAY) {
    return readShortString(input, tag & (SHORT_STRING_LIMIT - 1));
  }
  if (tag === STRING_UTF8) return readUtf8(input);
  if (tag === STRING_UTF16) return readUtf16(input);
  malformed(`a string was expected at byte ${input.position - 1}`);
}

/** Reads a Latin-1 string. */
export function readShortString(input: Input, length: number): string {
  input.need(length);
  const { bytes, position } = input;
  input.position = position + length;
  if (length === 0) return "";
  const codes = new Array<number>(length);
  for (let i = 0; i < length; i++) codes[i] = bytes[position + i]!;
  return String.fromCharCode.apply(null, codes);
}

/** Reads UTF-8. */
export function readUtf8(input: Input): string {
  const length = input.readCount(1);
  const start = input.position;
  input.position += length;
  try {
    return decoder.decode(input.bytes.subarray(start, start + length));
  } catch (cause) {
    malformed(`the text at byte ${start}`, cause);
  }
}

const CHUNK = 4096;

/** Reads UTF-16 code units, also lone surrogates. */
export function readUtf16(input: Input): string {
  const length = input.readCount(2);
  const { bytes } = input;
  let position = input.position;
  input.position += 2 * length;
  let text = "";
  const units: number[] = [];
  for (let i = 0; i < length; i++, position += 2) {
    units.push(bytes[position]! | bytes[position + 1]! << 8);
    if (units.length === CHUNK) {
      text += String.fromCharCode.apply(null, units);
      units.length = 0;
    }
  }
  return text + String.fromCharCode.apply(null, units);
}
