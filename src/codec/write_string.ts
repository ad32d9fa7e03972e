/** Strings: short Latin-1, else UTF-8, or UTF-16 where a surrogate stands alone. */

import { SHORT_STRING, SHORT_STRING_LIMIT, STRING_UTF16, STRING_UTF8 } from "./format.ts";
import type { Output } from "./output.ts";

const encoder = new TextEncoder();

/** Up to how many UTF-16 units room for the worst case is reserved, rather than encoding apart. */
const IN_PLACE_LIMIT = 32 * 1024;

/** Writes a string. */
export function writeString(out: Output, value: string): void {
  const length = value.length;
  if (length < SHORT_STRING_LIMIT) {
    out.reserve(1 + length);
    const bytes = out.bytes;
    const start = out.position;
    let all = 0;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      all |= code;
      bytes[start + 1 + i] = code;
    }
    if (all < 0x100) {
      bytes[start] = SHORT_STRING | length;
      out.position = start + 1 + length;
      return;
    }
  }
  writeLongString(out, value);
}

function writeLongString(out: Output, value: string): void {
  if (!value.isWellFormed()) {
    writeUnits(out, value);
  } else if (value.length > IN_PLACE_LIMIT) {
    const run = encoder.encode(value);
    out.reserve(9);
    out.bytes[out.position++] = STRING_UTF8;
    out.writeUint(run.length);
    out.writeRun(run);
  } else {
    writeInPlace(out, value);
  }
}

/** Writes UTF-8 behind a length that is right if the text is ASCII, and moves it if it is not. */
function writeInPlace(out: Output, value: string): void {
  out.reserve(1 + 8 + 3 * value.length);
  out.bytes[out.position++] = STRING_UTF8;
  const lengthAt = out.position;
  out.writeUint(value.length);
  const guess = out.position;
  const { written } = encoder.encodeInto(value, out.bytes.subarray(guess));
  if (written !== value.length) {
    out.position = lengthAt;
    out.writeUint(written);
    // The length may have grown into the text: it is written once more, from the value.
    if (out.position !== guess) encoder.encodeInto(value, out.bytes.subarray(out.position));
  }
  out.position += written;
}

function writeUnits(out: Output, value: string): void {
  const length = value.length;
  out.reserve(1 + 8 + 2 * length);
  out.bytes[out.position++] = STRING_UTF16;
  out.writeUint(length);
  const bytes = out.bytes;
  let position = out.position;
  for (let i = 0; i < length; i++) {
    const unit = value.charCodeAt(i);
    bytes[position++] = unit;
    bytes[position++] = unit >> 8;
  }
  out.position = position;
}
