/** Numbers and bigints. */

import { type Input, malformed } from "./input.ts";

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);
const long = new BigInt64Array(double.buffer);

function readEight(input: Input): void {
  input.need(8);
  const { bytes, position } = input;
  for (let i = 0; i < 8; i++) doubleBytes[i] = bytes[position + i]!;
  input.position = position + 8;
}

/** Reads a double. */
export function readDouble(input: Input): number {
  readEight(input);
  return double[0]!;
}

/** Reads a signed integer of one byte. */
export function readInt8(input: Input): number {
  return input.readByte() << 24 >> 24;
}

/** Reads a signed integer of two bytes. */
export function readInt16(input: Input): number {
  input.need(2);
  const { bytes, position } = input;
  input.position = position + 2;
  return (bytes[position]! | bytes[position + 1]! << 8) << 16 >> 16;
}

/** Reads a signed integer of four bytes. */
export function readInt32(input: Input): number {
  input.need(4);
  const { bytes, position } = input;
  input.position = position + 4;
  return bytes[position]! | bytes[position + 1]! << 8 | bytes[position + 2]! << 16 |
    bytes[position + 3]! << 24;
}

/** Reads a bigint of 64 bits. */
export function readBigInt64(input: Input): bigint {
  readEight(input);
  return long[0]!;
}

/** Reads a bigint of any size. */
export function readBigInt(input: Input): bigint {
  const length = input.readUint();
  input.need(length + 1);
  const { bytes } = input;
  const negative = input.readByte() !== 0;
  const digits: string[] = [];
  for (let i = input.position + length - 1; i >= input.position; i--) {
    digits.push(bytes[i]!.toString(16).padStart(2, "0"));
  }
  input.position += length;
  if (length === 0) return 0n;
  try {
    const magnitude = BigInt(`0x${digits.join("")}`);
    return negative ? -magnitude : magnitude;
  } catch (cause) {
    malformed(`a bigint of ${length} bytes`, cause);
  }
}
