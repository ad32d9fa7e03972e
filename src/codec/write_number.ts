/** Numbers and bigints. */

import { BIGINT, BIGINT64, DOUBLE, INT16, INT32, INT8, SMALL_INT_LIMIT } from "./format.ts";
import type { Output } from "./output.ts";

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);
const long = new BigInt64Array(double.buffer);

/** Writes a number. */
export function writeNumber(out: Output, value: number): void {
  out.reserve(9);
  const bytes = out.bytes;
  const position = out.position;
  const int = value | 0;
  if (int !== value || (int === 0 && 1 / value < 0)) {
    bytes[position] = DOUBLE;
    // One bit pattern for NaN, whatever the engine keeps.
    double[0] = value;
    if (value !== value) long[0] = 0x7ff8000000000000n;
    writeEight(out, position);
  } else if (int >= 0 && int < SMALL_INT_LIMIT) {
    bytes[position] = int;
    out.position = position + 1;
  } else if (int === int << 24 >> 24) {
    bytes[position] = INT8;
    bytes[position + 1] = int;
    out.position = position + 2;
  } else if (int === int << 16 >> 16) {
    bytes[position] = INT16;
    bytes[position + 1] = int;
    bytes[position + 2] = int >> 8;
    out.position = position + 3;
  } else {
    bytes[position] = INT32;
    bytes[position + 1] = int;
    bytes[position + 2] = int >> 8;
    bytes[position + 3] = int >> 16;
    bytes[position + 4] = int >> 24;
    out.position = position + 5;
  }
}

/** Writes the bytes of `double` after the tag at `position`. */
function writeEight(out: Output, position: number): void {
  const bytes = out.bytes;
  bytes[position + 1] = doubleBytes[0]!;
  bytes[position + 2] = doubleBytes[1]!;
  bytes[position + 3] = doubleBytes[2]!;
  bytes[position + 4] = doubleBytes[3]!;
  bytes[position + 5] = doubleBytes[4]!;
  bytes[position + 6] = doubleBytes[5]!;
  bytes[position + 7] = doubleBytes[6]!;
  bytes[position + 8] = doubleBytes[7]!;
  out.position = position + 9;
}

/** Writes the eight bytes of a double, without a tag. */
export function writeDouble(out: Output, value: number): void {
  out.reserve(8);
  double[0] = value;
  if (value !== value) long[0] = 0x7ff8000000000000n;
  writeEight(out, out.position - 1);
}

/** Writes a bigint of any size. */
export function writeBigInt(out: Output, value: bigint): void {
  if (BigInt.asIntN(64, value) === value) {
    out.reserve(9);
    const position = out.position;
    out.bytes[position] = BIGINT64;
    long[0] = value;
    writeEight(out, position);
    return;
  }
  const negative = value < 0n;
  let digits = (negative ? -value : value).toString(16);
  if (digits.length % 2 === 1) digits = `0${digits}`;
  const count = digits.length / 2;
  out.reserve(1 + 8 + 1 + count);
  out.bytes[out.position++] = BIGINT;
  out.writeUint(count);
  const bytes = out.bytes;
  let position = out.position;
  bytes[position++] = negative ? 1 : 0;
  for (let i = digits.length; i > 0; i -= 2) {
    bytes[position++] = digit(digits, i - 2) << 4 | digit(digits, i - 1);
  }
  out.position = position;
}

function digit(digits: string, at: number): number {
  const code = digits.charCodeAt(at);
  return code < 58 ? code - 48 : code - 87;
}
