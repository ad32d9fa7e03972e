/** Arguments and results in a task's record, or beside it in a parcel if they are large. */
import { decode } from "../codec/decode.ts";
import { encodeOrSpill, type Encoding } from "../codec/encode.ts";
import {
  freeParcel,
  handOverParcel,
  NO_PARCEL,
  openParcel,
  type ParcelRoom,
  storeParcel,
} from "../codec/parcel.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import { INLINE_BYTES, TASK } from "./layout.ts";

/** Where the length and the parcel of one of the two payloads stand. */
interface Side {
  readonly byteLength: number;
  readonly parcel: number;
}

/** What the submitter writes. Its parcel is the submitter's. */
export const ARGUMENTS: Side = { byteLength: TASK.argumentBytes, parcel: TASK.arguments };
/** What the worker writes. Its parcel is the submitter's as soon as the task is done. */
export const RESULT: Side = { byteLength: TASK.resultBytes, parcel: TASK.result };

/**
 * Writes a value into a task's record.
 *
 * @param root What the value is called in the path of an error.
 * @param from Who allocates a parcel, if one is needed.
 * @param to Who shall have it.
 * @throws {SerializationError} if it cannot be sent; the record's lengths are as they were.
 */
export function writePayload(
  room: ParcelRoom,
  task: WordIndex,
  side: Side,
  value: unknown,
  root: string,
  from: OwnerId,
  to: OwnerId,
): void {
  const { words } = room.heap;
  const inline = room.heap.bytesAt(task + TASK.inline, INLINE_BYTES);
  const outcome = encodeOrSpill(inline, value, { root });
  if (typeof outcome !== "number") return writeEncoding(room, task, side, outcome, from, to);
  words.store(task + side.parcel, NO_PARCEL);
  words.store(task + side.byteLength, outcome);
}

/** Writes what was encoded before. */
export function writeEncoding(
  room: ParcelRoom,
  task: WordIndex,
  side: Side,
  encoding: Encoding,
  from: OwnerId,
  to: OwnerId,
): void {
  const { heap } = room;
  if (encoding.byteLength <= INLINE_BYTES) {
    encoding.writeTo(heap.bytesAt(task + TASK.inline, encoding.byteLength));
    heap.words.store(task + side.parcel, NO_PARCEL);
    heap.words.store(task + side.byteLength, encoding.byteLength);
    return;
  }
  const place = storeParcel(room, encoding);
  heap.words.store(task + side.parcel, place);
  heap.words.store(task + side.byteLength, -1);
  if (from !== to) handOverParcel(room, place, from, to);
}

/**
 * Reads a value from a task's record; a parcel stays.
 *
 * @throws {SerializationError} if it cannot be decoded here.
 */
export function readPayload(room: ParcelRoom, task: WordIndex, side: Side): unknown {
  const { words } = room.heap;
  const byteLength = words.load(task + side.byteLength);
  return byteLength >= 0
    ? decode(room.heap.bytesAt(task + TASK.inline, byteLength))
    : openParcel(room, words.load(task + side.parcel));
}

/** The submitter frees the parcels of a record that are its own; others go with their owner. */
export function dropPayloads(room: ParcelRoom, task: WordIndex, submitter: OwnerId): void {
  const { words } = room.heap;
  for (const { parcel } of [ARGUMENTS, RESULT]) {
    const place = words.load(task + parcel);
    if (place === NO_PARCEL) continue;
    words.store(task + parcel, NO_PARCEL);
    if (handOverParcel(room, place, submitter, submitter)) freeParcel(room, place);
  }
}
