/**
 * The record of a process: a cell that belongs to its parent, through which the two exchange what the
 * child is to do and what came of it.
 *
 * | phase | meaning | set by |
 * | --- | --- | --- |
 * | 0 STARTING | the child has not taken its request | parent |
 * | 1 RUNNING | it has | child |
 * | 2 RETURNED | `outcome` is the value that the target returned | child |
 * | 3 THREW | `outcome` is what the target threw | child |
 *
 * Laws: `outcome` is set once, then handed over to the parent, then the phase says that it is there. So
 * a child killed at any point leaves either no outcome, or a whole one that is its own or its parent's.
 */
import { freeParcel, handOverParcel, NO_PARCEL, openParcel, type Place } from "../codec/parcel.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";

/** The child has not taken its request. */
export const STARTING = 0;
const RUNNING = 1;
/** The target returned. */
export const RETURNED = 2;
/** The target threw. */
export const THREW = 3;

const RECORD = struct({ phase: 1, request: 1, payload: 1, outcome: 1, parent: 1 });

/** How the target ended. */
export type Outcome =
  | { readonly state: "none" }
  | { readonly state: "returned" | "threw"; readonly value: unknown };

/** Makes a record for a request and its payload; the parcels become the record's. */
export function makeRecord(parent: Member, request: Place, payload: Place): WordIndex {
  const { heap: { words }, allocator, owner } = parent;
  const record = allocator.cells.allocate(RECORD.size * 4);
  words.store(record + RECORD.phase, STARTING);
  words.store(record + RECORD.request, request);
  words.store(record + RECORD.payload, payload);
  words.store(record + RECORD.outcome, NO_PARCEL);
  words.store(record + RECORD.parent, owner);
  return record;
}

/** The child takes its request. */
export function takeRequest(child: Member, record: WordIndex): unknown {
  return takeParcel(child, record, RECORD.request);
}

/**
 * The child takes the payload of its request, and from now on is running.
 *
 * @throws {SerializationError} if it cannot be decoded here.
 */
export function takePayload(child: Member, record: WordIndex): unknown {
  try {
    return takeParcel(child, record, RECORD.payload);
  } finally {
    child.heap.words.store(record + RECORD.phase, RUNNING);
  }
}

function takeParcel(child: Member, record: WordIndex, field: number): unknown {
  const { words } = child.heap;
  const place = words.load(record + field);
  try {
    return openParcel(child, place);
  } finally {
    // Ours first, then out of the record: killed in between, it goes with us.
    handOverParcel(child, place, words.load(record + RECORD.parent), child.owner);
    words.store(record + field, NO_PARCEL);
    freeParcel(child, place);
  }
}

/** The child says how its target ended. */
export function publishOutcome(
  child: Member,
  record: WordIndex,
  phase: typeof RETURNED | typeof THREW,
  outcome: Place,
): void {
  const { words } = child.heap;
  words.store(record + RECORD.outcome, outcome);
  handOverParcel(child, outcome, child.owner, words.load(record + RECORD.parent));
  // PUBLISH outcome: OBSERVE in takeOutcome().
  words.store(record + RECORD.phase, phase);
}

/**
 * The parent takes the outcome of a child that has ended, and frees the record.
 *
 * @throws {SerializationError} if the outcome cannot be decoded here.
 */
export function takeOutcome(parent: Member, record: WordIndex): Outcome {
  const { heap: { words }, owner } = parent;
  // OBSERVE outcome
  const phase = words.load(record + RECORD.phase);
  const outcome = words.load(record + RECORD.outcome);
  try {
    if (phase !== RETURNED && phase !== THREW) return { state: "none" };
    const value = openParcel(parent, outcome);
    return { state: phase === RETURNED ? "returned" : "threw", value };
  } finally {
    dropOwn(parent, owner, outcome);
    dropOwn(parent, owner, words.load(record + RECORD.request));
    dropOwn(parent, owner, words.load(record + RECORD.payload));
    parent.allocator.cells.free(record);
  }
}

/** Frees a parcel if it is this process's; a dead child's goes with the child. */
function dropOwn(member: Member, owner: OwnerId, place: Place): void {
  if (place !== NO_PARCEL && handOverParcel(member, place, owner, owner)) freeParcel(member, place);
}
