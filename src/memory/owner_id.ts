/**
 * The name of a process in shared words, in 26 bits: what a word that can be held says by whom.
 *
 * | bits | meaning |
 * | --- | --- |
 * | 0–9 | slot in the owner table |
 * | 10–25 | generation of the slot, 1 … 65,535: tells a process from an earlier one in the same slot |
 */

/** Who holds something: a slot and its generation; never 0. */
export type OwnerId = number;

/** Nobody. */
export const NOBODY = 0;

const SLOT_BITS = 10;
const GENERATION_BITS = 16;

/** How many bits an owner id takes. */
export const OWNER_BITS: number = SLOT_BITS + GENERATION_BITS;
/** Masks an owner id. */
export const OWNER_MASK: number = 2 ** OWNER_BITS - 1;

/** Beside an owner id in the state of a thing: this owner is at work on it, and nobody else may be. */
export const AT_WORK: number = 2 ** OWNER_BITS;

/** Puts an id together. */
export function ownerId(slot: number, generation: number): OwnerId {
  return slot | (generation << SLOT_BITS);
}

/** Whether the state of a thing is simply its owner. */
export function isOwner(state: number): boolean {
  return state > NOBODY && state <= OWNER_MASK;
}

/** Who is at work on a thing in this state; NOBODY if nobody is. */
export function workerIn(state: number): OwnerId {
  return state > OWNER_MASK ? state & OWNER_MASK : NOBODY;
}

/** The slot of an id. */
export function slotOf(owner: OwnerId): number {
  return owner & (2 ** SLOT_BITS - 1);
}

/** The generation of an id. */
export function generationOf(owner: OwnerId): number {
  return (owner >>> SLOT_BITS) & (2 ** GENERATION_BITS - 1);
}

/** The generation that follows; 0 is left out, so that no id is 0. */
export function nextGeneration(generation: number): number {
  return generation >= 2 ** GENERATION_BITS - 1 ? 1 : generation + 1;
}

/** An id for people: `slot.generation`. */
export function showOwner(owner: OwnerId): string {
  return owner === NOBODY ? "nobody" : `${slotOf(owner)}.${generationOf(owner)}`;
}
