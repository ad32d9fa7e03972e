/** Arguments and results in a task's record, or beside it in a parcel if they are large. */
import { decode } from "../codec/decode.ts";
import {
  freeParcel,
  handOverParcel,
  NO_PARCEL,
  openParcel,
  prepare,
  prepareInline,
  type Shipment,
  storeParcel,
} from "../codec/parcel.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { INLINE_BYTES, TASK } from "./layout.ts";

/** Where the length and the parcel of one of the two payloads stand. */
export interface Side {
  /** The word of its length. */
  readonly byteLength: number;
  /** The word of its parcel. */
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
  member: Member,
  task: WordIndex,
  side: Side,
  value: unknown,
  root: string,
  from: OwnerId,
  to: OwnerId,
): void {
  const { words } = member.heap;
  const inline = member.heap.bytesAt(task + TASK.inline, INLINE_BYTES);
  const outcome = prepareInline(member, inline, value, root);
  if (typeof outcome !== "number") return writeShipment(member, task, side, outcome, from, to);
  words.store(task + side.parcel, NO_PARCEL);
  words.store(task + side.byteLength, outcome);
}

/** Writes what was prepared before. */
export function writeShipment(
  member: Member,
  task: WordIndex,
  side: Side,
  shipment: Shipment,
  from: OwnerId,
  to: OwnerId,
): void {
  const { heap } = member;
  const { encoding, cargo } = shipment;
  if (encoding.byteLength <= INLINE_BYTES && cargo.size === 0) {
    encoding.writeTo(heap.bytesAt(task + TASK.inline, encoding.byteLength));
    heap.words.store(task + side.parcel, NO_PARCEL);
    heap.words.store(task + side.byteLength, encoding.byteLength);
    return;
  }
  const place = storeParcel(member, shipment);
  heap.words.store(task + side.parcel, place);
  heap.words.store(task + side.byteLength, -1);
  if (from !== to) handOverParcel(member, place, from, to);
}

/**
 * Reads a value from a task's record; a parcel stays.
 *
 * @throws {SerializationError} if it cannot be decoded here.
 */
export function readPayload(member: Member, task: WordIndex, side: Side): unknown {
  const { words } = member.heap;
  const byteLength = words.load(task + side.byteLength);
  return byteLength >= 0
    ? decode(member.heap.bytesAt(task + TASK.inline, byteLength))
    : openParcel(member, words.load(task + side.parcel));
}

/** A value that must outlive its worker, for another run: a parcel, which results do not overwrite. */
export function writeLasting(
  member: Member,
  task: WordIndex,
  value: unknown,
  root: string,
): void {
  writeLastingShipment(member, task, prepare(member, value, root));
}

/** The same of what was prepared before. */
export function writeLastingShipment(member: Member, task: WordIndex, shipment: Shipment): void {
  member.heap.words.store(task + TASK.arguments, storeParcel(member, shipment));
  member.heap.words.store(task + TASK.argumentBytes, -1);
}

/** The submitter frees the parcels of a record that are its own; others go with their owner. */
export function dropPayloads(
  member: Member,
  task: WordIndex,
  submitter: OwnerId,
  sides: readonly Side[] = [ARGUMENTS, RESULT],
): void {
  const { words } = member.heap;
  for (const { parcel } of sides) {
    const place = words.load(task + parcel);
    if (place === NO_PARCEL) continue;
    words.store(task + parcel, NO_PARCEL);
    if (handOverParcel(member, place, submitter, submitter)) freeParcel(member, place);
  }
}
