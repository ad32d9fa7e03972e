/**
 * The slot of a process in the owner table.
 *
 * Its state word:
 *
 * | phase (bits 0–1) | bits 2–27 | meaning | leaves by |
 * | --- | --- | --- | --- |
 * | 0 FREE | the id that the next owner will have | nobody's; being reserved if `parent` is somebody | reserve |
 * | 1 RESERVED | id | set aside by `parent` for a child that has not come yet | activate, recovery |
 * | 2 LIVE | id | a process: `pid` and `startTime` say which, or it has not come to write them yet | recovery |
 * | 3 DEAD | id | somebody has found it dead; what it held is being given back | the end of its recovery |
 *
 * Laws
 * 1. An id is given out once (in 65,535 uses of a slot). It is dead for good from DEAD on, and everything it
 *    held has been given back when the state word names another.
 * 2. `parent` is NOBODY before a slot becomes FREE and leaves NOBODY by a compare-exchange before the slot
 *    leaves FREE. Between the two, all other words of the slot are set to 0, but for what is noted of who ended.
 * 3. A child writes `pid` and `startTime` into a slot that it has moved from RESERVED to LIVE, and nobody else
 *    does. Before that is done, it is alive as long as its parent is.
 */
import { OWNER_WORDS, REGION, ROOMS } from "../memory/layout.ts";
import { generationOf, type OwnerId, ownerId, slotOf } from "../memory/owner_id.ts";
import { LINE, struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";

/** Nobody's. */
export const FREE = 0;
/** Set aside for a child. */
export const RESERVED = 1;
/** A process. */
export const LIVE = 2;
/** A process that is being recovered. */
export const DEAD = 3;

/** The words of a slot. */
export const SLOT = struct({
  /** The table above. */
  state: 1,
  /** The process id. */
  pid: 1,
  /** Its start time in clock ticks, modulo 2^31. */
  startTime: 1,
  /** The owner that reserved the slot. */
  parent: 1,
  /** Who recovers this slot: an owner, or 0. */
  recoverer: 1,
  /** The word that this process sleeps on in a synchronous wait, plus 1; or 0. */
  sleepingOn: 1,
  /** Whether this process, while LIVE, looks through the cells of others: see `memory/spans.ts`. */
  scanning: 1,
  /** The id of the process that ended in order here, with nothing left to do; or 0. */
  left: 1,
  /** The id of a process that has ended here and whose end its parent has noted in the next two words; or 0. */
  ended: 1,
  /** The process id of that one. */
  endedPid: 1,
  /** How it ended: an exit code, or -N if signal N killed it. */
  endedCode: 1,
  /** The write end of its bell, plus 1; 0 before it has one. */
  bellFd: { words: 1, align: LINE },
  /** See `parking/bell.ts`. */
  bell: 1,
  /** A bit for each room that was rung. */
  rung: ROOMS / 32,
}, OWNER_WORDS);

/** Where a slot begins. */
export function slotAt(slot: number): WordIndex {
  return REGION.owners + slot * OWNER_WORDS;
}

/** The slot of an owner. */
export function slotOfOwner(owner: OwnerId): WordIndex {
  return slotAt(slotOf(owner));
}

/** Puts a state word together. */
export function packState(phase: number, owner: OwnerId): number {
  return phase | (owner << 2);
}

/** The phase of a state word. */
export function phaseOf(state: number): number {
  return state & 3;
}

/** The owner that a state word names; for a slot that was never used, the first it will have. */
export function ownerIn(state: number, slot: number): OwnerId {
  const owner = (state >>> 2) & (2 ** 26 - 1);
  return generationOf(owner) === 0 ? ownerId(slot, 1) : owner;
}
