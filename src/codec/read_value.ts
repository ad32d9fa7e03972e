/** The front door of the decoder: what does this tag say? */

import { crossingOf } from "./crossing.ts";
import * as tag from "./format.ts";
import { type Input, malformed } from "./input.ts";
import { lateCrossing } from "./late.ts";
import { readDenseArray, readNumbers, readSparseArray } from "./read_array.ts";
import {
  readBuffer,
  readPart,
  readResizable,
  readTracking,
  readView,
  readWhole,
} from "./read_binary.ts";
import { readBoxed, readDate, readMap, readRegExp, readSet } from "./read_builtin.ts";
import { readError } from "./read_error.ts";
import * as number from "./read_number.ts";
import { readPlain, readPlainLike, readPlainWide } from "./read_plain.ts";
import { readShortString, readString, readUnits, readUtf16, readUtf8 } from "./read_string.ts";

/** Reads any value. */
export function readValue(input: Input): unknown {
  const first = input.readByte();
  if (first < tag.SMALL_INT_LIMIT) return first;
  if (first < tag.SHORT_ARRAY) {
    return readShortString(input, first & (tag.SHORT_STRING_LIMIT - 1));
  }
  if (first < tag.SHORT_OBJECT) return readDenseArray(input, first & (tag.SHORT_ARRAY_LIMIT - 1));
  if (first < tag.UNDEFINED) return readPlainLike(input, first - tag.SHORT_OBJECT);
  switch (first) {
    case tag.UNDEFINED:
      return undefined;
    case tag.NULL:
      return null;
    case tag.FALSE:
      return false;
    case tag.TRUE:
      return true;
    case tag.INT8:
      return number.readInt8(input);
    case tag.INT16:
      return number.readInt16(input);
    case tag.INT32:
      return number.readInt32(input);
    case tag.DOUBLE:
      return number.readDouble(input);
    case tag.BIGINT64:
      return number.readBigInt64(input);
    case tag.BIGINT:
      return number.readBigInt(input);
    case tag.STRING_UTF8:
      return readUtf8(input);
    case tag.STRING_UTF16:
      return readUtf16(input);
    case tag.STRING_UNITS:
      return readUnits(input);
    case tag.REFERENCE:
      return input.objectAt(input.readUint());
    default:
      return readObject(input, first);
  }
}

function readObject(input: Input, first: number): unknown {
  switch (first) {
    case tag.ARRAY:
      return readDenseArray(input, input.readCount(1));
    case tag.ARRAY_SPARSE:
      return readSparseArray(input);
    case tag.NUMBERS:
      return readNumbers(input);
    case tag.OBJECT:
      return readPlain(input);
    case tag.OBJECT_WIDE:
      return readPlainWide(input);
    case tag.OBJECT_LIKE:
      return readPlainLike(input, input.readUint());
    case tag.MAP:
      return readMap(input);
    case tag.SET:
      return readSet(input);
    case tag.DATE:
      return readDate(input);
    case tag.REGEXP:
      return readRegExp(input);
    case tag.BOXED:
      return readBoxed(input);
    case tag.ERROR:
      return readError(input);
    case tag.BUFFER:
      return readBuffer(input);
    case tag.BUFFER_RESIZABLE:
      return readResizable(input);
    case tag.BUFFER_PART:
      return readPart(input);
    case tag.VIEW:
      return readView(input);
    case tag.VIEW_TRACKING:
      return readTracking(input);
    case tag.VIEW_WHOLE:
      return readWhole(input);
    case tag.CROSSING:
      return readCrossing(input);
    default:
      malformed(`unknown tag ${first} at byte ${input.position - 1}`);
  }
}

function readCrossing(input: Input): object {
  const byte = input.readByte();
  const number = byte & ~tag.LATE;
  if (input.only !== undefined && !input.only.has(number)) {
    malformed(`crossing ${number} may not come from where this comes from`);
  }
  const isLate = (byte & tag.LATE) !== 0;
  const crossing = isLate ? lateCrossing(number, readString(input)) : crossingOf(number);
  if (crossing === undefined) malformed(`no crossing has tag ${number}`);
  const slot = input.reserve();
  input.enter();
  const value = crossing.read(input);
  input.leave();
  input.objects[slot] = value;
  return value;
}
