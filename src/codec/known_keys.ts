/**
 * Lists of keys that this process has read before, found by their bytes.
 *
 * Making strings is the dearest part of reading a small object, and a new string must be looked up in
 * the engine's own table before it can name a property. Both are spared when the bytes are the same as
 * last time.
 */

import type { Input } from "./input.ts";
import { malformed } from "./input.ts";
import { type Keys, makeKeys } from "./read_plain.ts";
import { readString } from "./read_string.ts";

const SLOTS = 256;

/** A list of keys and its bytes. */
interface Known {
  readonly bytes: Uint8Array;
  readonly keys: Keys;
}

const table: (Known | undefined)[] = new Array(SLOTS).fill(undefined);

/** Reads the keys whose definition takes the next `length` bytes. */
export function keysOf(input: Input, length: number): Keys {
  const { bytes, position } = input;
  const slot = hash(bytes, position, length);
  const known = table[slot];
  if (known !== undefined && equals(known.bytes, bytes, position, length)) {
    input.position = position + length;
    return known.keys;
  }
  const end = position + length;
  const names: string[] = [];
  while (input.position < end) names.push(readString(input));
  if (input.position !== end) malformed(`keys end at byte ${input.position}, not ${end}`);
  const keys = makeKeys(names);
  table[slot] = { bytes: new Uint8Array(bytes.subarray(position, end)), keys };
  return keys;
}

function hash(bytes: Uint8Array, position: number, length: number): number {
  if (length === 0) return 0;
  const middle = bytes[position + (length >> 1)]!;
  const last = bytes[position + length - 1]!;
  return (length * 37 + bytes[position]! * 3 + middle * 5 + last * 7) & (SLOTS - 1);
}

function equals(known: Uint8Array, bytes: Uint8Array, position: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if (known[i] !== bytes[position + i]) return false;
  }
  return true;
}
