/**
 * The record of a process: a cell that belongs to its parent, through which the two exchange what the
 * child is to do and what came of it.
 *
 * | phase | meaning | set by |
 * | --- | --- | --- |
 * | 0 RUNNING | the target has not ended | parent |
 * | 1 RETURNED | `outcome` is the value that the target returned | child |
 * | 2 THREW | `outcome` is what the target threw | child |
 * | 3 UNSENDABLE | the target returned what cannot be sent; `outcome` says why | child |
 *
 * Laws
 * 1. `request` and `payload` are parcels of the child from before it exists: it frees them when it has read
 *    them, and those that it does not come to read are freed by its recovery.
 * 2. `outcome` is handed over to the parent, then written down, then the phase says that it is there. A child
 *    killed before the first of these takes the parcel along; one killed between the first and the last
 *    leaves it without an end, until the parent's. The other way round the parent could not tell the parcel
 *    from a cell of its own, allocated where a recovery had freed it.
 * 3. The outcome `undefined` is no parcel: most functions return nothing, and to allocate its first cell costs a
 *    child as much as to join the heap.
 */
import {
  freeParcel,
  handOverParcel,
  NO_PARCEL,
  openParcel,
  packParcel,
  type Place,
} from "../codec/parcel.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import type { Payload, Request } from "./request.ts";

const RUNNING = 0;
/** The target returned. */
export const RETURNED = 1;
/** The target threw. */
export const THREW = 2;
/** The target returned what cannot be sent. */
export const UNSENDABLE = 3;

const RECORD = struct({ phase: 1, request: 1, payload: 1, outcome: 1, parent: 1 });

/** How the target ended. */
export type Outcome =
  | { readonly state: "none" }
  | { readonly state: "returned" | "threw"; readonly value: unknown }
  | { readonly state: "unsendable"; readonly value: Unsendable };

/** Why a value cannot be sent. */
export interface Unsendable {
  /** The name of the error. */
  readonly name: string;
  /** Its message. */
  readonly message: string;
  /** Where the culprit lies, if it is one. */
  readonly path?: string;
}

/**
 * Makes the record of a child that is about to be started; nothing is written for the child to free but
 * what its recovery frees too.
 *
 * @throws {SerializationError} if the payload cannot be sent; the caller recovers the child.
 */
export function makeRecord(
  parent: Member,
  child: OwnerId,
  request: Request,
  payload: Payload,
): WordIndex {
  const { heap: { words }, allocator, owner } = parent;
  const pack = (value: unknown, root: string): Place => {
    const place = packParcel(parent, value, root);
    handOverParcel(parent, place, owner, child);
    return place;
  };
  const payloadPlace = pack(payload.value, payload.root);
  const requestPlace = pack(request, "request");
  const record = allocator.cells.allocate(RECORD.size * 4);
  words.store(record + RECORD.phase, RUNNING);
  words.store(record + RECORD.request, requestPlace);
  words.store(record + RECORD.payload, payloadPlace);
  words.store(record + RECORD.parent, owner);
  return record;
}

/** The child takes its request. */
export function takeRequest(child: Member, record: WordIndex): Request {
  return takeParcel(child, record, RECORD.request) as Request;
}

/**
 * The child takes the payload of its request.
 *
 * @throws {SerializationError} if it cannot be decoded here.
 */
export function takePayload(child: Member, record: WordIndex): unknown {
  return takeParcel(child, record, RECORD.payload);
}

function takeParcel(child: Member, record: WordIndex, field: number): unknown {
  const place = child.heap.words.load(record + field);
  try {
    return openParcel(child, place);
  } finally {
    freeParcel(child, place);
  }
}

/**
 * The child says how its target ended.
 *
 * @param root What the value is called in the path of an error.
 * @throws {SerializationError} if the value cannot be sent; nothing was said.
 */
export function publishOutcome(
  child: Member,
  record: WordIndex,
  phase: typeof RETURNED | typeof THREW | typeof UNSENDABLE,
  value: unknown,
  root: string,
): void {
  const { words } = child.heap;
  let outcome = NO_PARCEL;
  if (value !== undefined) {
    outcome = packParcel(child, value, root);
    handOverParcel(child, outcome, child.owner, words.load(record + RECORD.parent));
  }
  words.store(record + RECORD.outcome, outcome);
  // PUBLISH outcome: OBSERVE in takeOutcome().
  words.store(record + RECORD.phase, phase);
}

/**
 * The parent takes the outcome of a child that has ended, and frees the record.
 *
 * @throws {SerializationError} if the outcome cannot be decoded here.
 */
export function takeOutcome(parent: Member, record: WordIndex): Outcome {
  const { heap: { words }, allocator } = parent;
  // OBSERVE outcome
  const phase = words.load(record + RECORD.phase);
  const outcome = words.load(record + RECORD.outcome);
  allocator.cells.free(record);
  if (phase === RUNNING) return { state: "none" };
  try {
    const value = outcome === NO_PARCEL ? undefined : openParcel(parent, outcome);
    if (phase === UNSENDABLE) return { state: "unsendable", value: value as Unsendable };
    return { state: phase === RETURNED ? "returned" : "threw", value };
  } finally {
    freeParcel(parent, outcome);
  }
}
