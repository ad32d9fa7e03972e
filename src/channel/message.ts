/** Values and bytes as messages: small ones in the record itself, others in a parcel. */
import { decode } from "../codec/decode.ts";
import {
  freeParcel,
  NO_PARCEL,
  openParcel,
  ownerOfParcel,
  packParcel,
  type Pieces,
  prepareInline,
  storeParcel,
} from "../codec/parcel.ts";
import type { Member } from "../parking/member.ts";
import { Draft, INLINE_BYTES, type Taken } from "./record.ts";

/** How much a message of so many bytes weighs. */
export type Weigh = (byteLength: number) => number;

/** Drafts at rest; more than one if a getter of a value puts something, or putters wait. */
const idle: Draft[] = [];

/** What messages of a channel need to know of it. */
export interface Postage {
  /** How much a message weighs. */
  readonly weigh: Weigh;
  /** Where to look for memory, and to leave it. */
  readonly pieces?: Pieces;
}

/**
 * Writes a value as a message; give it to {@linkcode dropDraft} in the end, whether it was put or not.
 *
 * @throws {SerializationError} if something in it cannot cross; nothing is left behind.
 * @throws {OutOfMemoryError} if there is no room for it; nothing is left behind.
 */
export function draftValue(member: Member, value: unknown, { weigh, pieces }: Postage): Draft {
  const draft = idle.pop() ?? new Draft();
  try {
    const outcome = prepareInline(member, draft.bytes, value, "value");
    if (typeof outcome === "number") draft.setInline(outcome, weigh(outcome), false);
    else {
      const { byteLength } = outcome.encoding;
      draft.setParcel(storeParcel(member, outcome, pieces), weigh(byteLength), false, byteLength);
    }
  } catch (error) {
    idle.push(draft);
    throw error;
  }
  return draft;
}

/** Writes bytes as a message. */
export function draftBytes(member: Member, bytes: Uint8Array, { weigh, pieces }: Postage): Draft {
  const draft = idle.pop() ?? new Draft();
  const { byteLength } = bytes;
  try {
    if (byteLength > INLINE_BYTES) {
      draft.setParcel(
        packParcel(member, bytes, "bytes", pieces),
        weigh(byteLength),
        true,
        byteLength,
      );
    } else {
      draft.bytes.set(bytes);
      draft.setInline(byteLength, weigh(byteLength), true);
    }
  } catch (error) {
    idle.push(draft);
    throw error;
  }
  return draft;
}

/** A draft is not needed any more; if it was not put, nothing is left of it. */
export function dropDraft(member: Member, draft: Draft): void {
  const { place } = draft;
  idle.push(draft);
  // Not if it passed to the channel before putting it has thrown.
  if (place !== NO_PARCEL && ownerOfParcel(member, place) === member.owner) {
    freeParcel(member, place);
  }
}

/**
 * The value of a message that was taken, or its bytes. Its parcel is freed, or kept for another.
 *
 * @throws {SerializationError} if it cannot be decoded here; the message is lost.
 */
export function openTaken(member: Member, taken: Taken, pieces: Pieces): unknown {
  const { place } = taken;
  if (place === NO_PARCEL) {
    return taken.isBytes ? taken.inline().slice() : decode(taken.inline());
  }
  try {
    return openParcel(member, place);
  } finally {
    if (!pieces.keep(place)) freeParcel(member, place);
  }
}
