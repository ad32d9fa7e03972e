/**
 * Strings: short Latin-1, UTF-8 where most is ASCII, else UTF-16.
 *
 * UTF-8 of ASCII is a copy. Of anything else engines read UTF-16 three to ten times faster (measured on
 * all three runtimes, `bench/codec.ts`), and where characters take three bytes it is shorter, too.
 */

import {
  SHORT_STRING,
  SHORT_STRING_LIMIT,
  STRING_UNITS,
  STRING_UTF16,
  STRING_UTF8,
} from "./format.ts";
import type { Output } from "./output.ts";

const encoder = new TextEncoder();

/** Up to how many UTF-16 units scratch memory is made long enough for the worst case. */
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
  const worst = 1 + 8 + 3 * value.length;
  if (!value.isWellFormed()) {
    writeUnits(out, value, STRING_UNITS);
  } else if (isBeyondAscii(value)) {
    writeUnits(out, value, STRING_UTF16);
  } else if (value.length <= IN_PLACE_LIMIT || worst <= out.bytes.length - out.position) {
    out.reserve(worst);
    writeInPlace(out, value);
  } else {
    const run = encoder.encode(value);
    out.reserve(1);
    out.bytes[out.position++] = STRING_UTF8;
    out.writeUint(run.length);
    out.writeRun(run);
  }
}

/** Writes UTF-8 behind a length that is right if the text is ASCII, and moves it if need be. */
function writeInPlace(out: Output, value: string): void {
  out.bytes[out.position++] = STRING_UTF8;
  const lengthAt = out.position;
  out.writeUint(value.length);
  const textAt = out.position;
  const { written } = encoder.encodeInto(value, out.bytes.subarray(textAt));
  if (written !== value.length) {
    const shift = byteLengthOfUint(written) - (textAt - lengthAt);
    if (shift > 0) out.bytes.copyWithin(textAt + shift, textAt, textAt + written);
    out.position = lengthAt;
    out.writeUint(written);
  }
  out.position += written;
}

function byteLengthOfUint(value: number): number {
  let count = 1;
  for (; value >= 0x80; value = Math.floor(value / 0x80)) count++;
  return count;
}

const SAMPLES = 8;
const SAMPLES_BEYOND = 3;

/** Whether a sample of the characters is in large part not ASCII. */
function isBeyondAscii(value: string): boolean {
  const step = Math.max(1, Math.floor(value.length / SAMPLES));
  let samples = 0;
  let beyond = 0;
  for (let i = 0; i < value.length && samples < SAMPLES; i += step, samples++) {
    if (value.charCodeAt(i) >= 0x80) beyond++;
  }
  return beyond * SAMPLES >= samples * SAMPLES_BEYOND;
}

const CHUNK = 1024;
const units = new Uint16Array(CHUNK);
const chunk = new Uint8Array(units.buffer);

function writeUnits(out: Output, value: string, tag: number): void {
  const length = value.length;
  out.reserve(1 + 8 + 2 * length);
  out.bytes[out.position++] = tag;
  out.writeUint(length);
  const bytes = out.bytes;
  let position = out.position;
  if (length < 64) {
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      bytes[position++] = unit;
      bytes[position++] = unit >> 8;
    }
  } else {
    for (let from = 0; from < length; from += CHUNK) {
      const count = Math.min(length - from, CHUNK);
      for (let i = 0; i < count; i++) units[i] = value.charCodeAt(from + i);
      bytes.set(chunk.subarray(0, 2 * count), position);
      position += 2 * count;
    }
  }
  out.position = position;
}
