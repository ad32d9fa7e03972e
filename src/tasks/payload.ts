/** Arguments and results in a task's record, or beside it in a parcel if they are large. */
import { decode } from "../codec/decode.ts";
import {
  freeParcel,
  handOverParcel,
  NO_PARCEL,
  openParcel,
  type Place,
  prepare,
  prepareInline,
  type Shipment,
  storeParcel,
} from "../codec/parcel.ts";
import { insideOf } from "../memory/cells.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { INLINE_BYTES, TASK } from "./layout.ts";

/**
 * What lies in a record:
 *
 * | form | meaning |
 * | --- | --- |
 * | n ≥ 0 | n bytes of an encoding |
 * | -1 | an encoding in a parcel |
 * | -2 | as a value: `undefined`; as a list: nothing |
 * | -2 - n | as a value: the number (n is 1); as a list: n numbers |
 */
const PARCEL = -1;
const NOTHING = -2;
const NUMBER = -3;

/** How many numbers go without being encoded. */
const MOST_NUMBERS = 8;

/** Where the form and the parcel of one of the two payloads stand. */
export interface Side {
  /** The word of its form. */
  readonly form: number;
  /** The word of its parcel. */
  readonly parcel: number;
}

/** What the submitter writes. */
export const ARGUMENTS: Side = { form: TASK.argumentForm, parcel: TASK.arguments };
/** What the worker writes. */
export const RESULT: Side = { form: TASK.resultForm, parcel: TASK.result };

/**
 * Writes a list of arguments into a task's record.
 *
 * @throws {SerializationError} if it cannot be sent.
 */
export function writeArguments(
  member: Member,
  pool: WordIndex,
  task: WordIndex,
  list: readonly unknown[],
  root: string,
): void {
  const { plain } = member.heap;
  const { length } = list;
  if (length <= MOST_NUMBERS) {
    let i = 0;
    for (; i < length; i++) {
      const item = list[i];
      if (typeof item !== "number") break;
      plain.setFloat(task + TASK.inline + 2 * i, item);
    }
    if (i === length) return plain.set(task + TASK.argumentForm, NOTHING - length);
  }
  writeEncoded(member, pool, task, ARGUMENTS, list, root);
}

/** Reads a list of arguments; a parcel stays. */
export function readArguments(member: Member, task: WordIndex): unknown {
  const { plain } = member.heap;
  const form = plain.get(task + TASK.argumentForm);
  if (form > NOTHING) return readEncoded(member, task, ARGUMENTS, form);
  const list: number[] = [];
  for (let i = 0; i < NOTHING - form; i++) list.push(plain.getFloat(task + TASK.inline + 2 * i));
  return list;
}

/**
 * Writes a result into a task's record.
 *
 * @throws {SerializationError} if it cannot be sent; nothing is left behind.
 */
export function writeResult(
  member: Member,
  pool: WordIndex,
  task: WordIndex,
  value: unknown,
  root: string,
): void {
  const { plain } = member.heap;
  if (typeof value === "number") {
    plain.setFloat(task + TASK.inline, value);
    plain.set(task + TASK.resultForm, NUMBER);
  } else if (value === undefined) {
    plain.set(task + TASK.resultForm, NOTHING);
  } else writeEncoded(member, pool, task, RESULT, value, root);
}

/**
 * Reads a result; a parcel stays.
 *
 * @throws {SerializationError} if it cannot be decoded here.
 */
export function readResult(member: Member, task: WordIndex): unknown {
  const { plain } = member.heap;
  const form = plain.get(task + TASK.resultForm);
  if (form === NUMBER) return plain.getFloat(task + TASK.inline);
  return form === NOTHING ? undefined : readEncoded(member, task, RESULT, form);
}

/** Writes arguments that must outlive their worker, for another run: a parcel, which results do not overwrite. */
export function writeLasting(
  member: Member,
  pool: WordIndex,
  task: WordIndex,
  value: unknown,
  root: string,
): void {
  storeBeside(member, pool, task, ARGUMENTS, prepare(member, value, root));
}

/** Writes arguments that were prepared before. */
export function writeShipment(
  member: Member,
  pool: WordIndex,
  task: WordIndex,
  shipment: Shipment,
  lasting: boolean,
): void {
  const { heap } = member;
  const { encoding, cargo } = shipment;
  if (lasting || encoding.byteLength > INLINE_BYTES || cargo.size > 0) {
    return storeBeside(member, pool, task, ARGUMENTS, shipment);
  }
  encoding.writeTo(heap.bytesAt(task + TASK.inline, encoding.byteLength));
  heap.plain.set(task + TASK.argumentForm, encoding.byteLength);
}

/** Frees the parcels of a record that nobody reads any more. */
export function dropPayloads(member: Member, task: WordIndex): void {
  dropPayload(member, task, ARGUMENTS);
  dropPayload(member, task, RESULT);
}

/** Frees one of them. */
export function dropPayload(member: Member, task: WordIndex, { parcel }: Side): void {
  const { words, plain } = member.heap;
  if (plain.get(task + parcel) === NO_PARCEL) return;
  const place = words.exchange(task + parcel, NO_PARCEL);
  if (place !== NO_PARCEL) freeParcel(member, place);
}

/** A parcel becomes part of the pool: it does not go with who has made it. */
export function putInside(member: Member, pool: WordIndex, place: Place): void {
  handOverParcel(member, place, member.owner, insideOf(pool));
}

function writeEncoded(
  member: Member,
  pool: WordIndex,
  task: WordIndex,
  side: Side,
  value: unknown,
  root: string,
): void {
  const { heap } = member;
  const inline = heap.bytesAt(task + TASK.inline, INLINE_BYTES);
  const outcome = prepareInline(member, inline, value, root);
  if (typeof outcome === "number") heap.plain.set(task + side.form, outcome);
  else storeBeside(member, pool, task, side, outcome);
}

/** The record names a parcel only after that is the pool's: who drops the record may then free it. */
function storeBeside(
  member: Member,
  pool: WordIndex,
  task: WordIndex,
  side: Side,
  shipment: Shipment,
): void {
  const { heap } = member;
  const place = storeParcel(member, shipment);
  putInside(member, pool, place);
  heap.plain.set(task + side.form, PARCEL);
  heap.words.store(task + side.parcel, place);
}

function readEncoded(member: Member, task: WordIndex, side: Side, form: number): unknown {
  const { heap } = member;
  return form >= 0
    ? decode(heap.bytesAt(task + TASK.inline, form))
    : openParcel(member, heap.plain.get(task + side.parcel));
}
