/**
 * The bell of a process, as words: who wants to wake its event loop says for which room, and writes a
 * byte into its pipe only if it sleeps.
 *
 * | bell word | meaning | ring finds it | the process itself |
 * | --- | --- | --- | --- |
 * | 0 IDLE | nobody waits on its event loop | RUNG, no byte | ARMED when the first waiter comes |
 * | 1 ARMED | its event loop may sleep | RUNG, and writes a byte | IDLE when the last waiter goes |
 * | 2 RUNG | it was rung and has not looked yet | stays, no byte; back to ARMED if the byte cannot be written | ARMED before it looks |
 *
 * Why no ring is lost: the ringer sets the room's bit and then exchanges the bell; the process
 * exchanges the bell to ARMED and then takes the bits. If the ringer's exchange comes first, so did its
 * bit, and the process takes it. If it comes second, it finds ARMED and writes a byte.
 */
import { ROOMS } from "../memory/layout.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";
import { SLOT } from "../owner/slot.ts";
import type { Room } from "./rooms.ts";

const IDLE = 0;
const ARMED = 1;
const RUNG = 2;

/** How many words the bits of all rooms take. */
export const RUNG_WORDS: number = ROOMS / 32;

/**
 * Rings a process for one room.
 *
 * @param slotAt Where its slot begins.
 * @returns Whether a byte must be written into its pipe.
 */
export function ringFor(words: WordMemory, slotAt: WordIndex, room: Room): boolean {
  words.or(slotAt + SLOT.rung + (room >>> 5), 1 << (room & 31));
  return words.exchange(slotAt + SLOT.bell, RUNG) === ARMED;
}

/**
 * Rings a process for all rooms, on behalf of somebody who may have died while ringing it.
 *
 * @returns Whether a byte must be written: also if the bell is RUNG, because whoever rang it may not have
 * come to write his.
 */
export function ringForAll(words: WordMemory, slotAt: WordIndex): boolean {
  for (let i = 0; i < RUNG_WORDS; i++) words.store(slotAt + SLOT.rung + i, -1);
  return words.exchange(slotAt + SLOT.bell, RUNG) !== IDLE;
}

/** Takes back that a process was rung, because the byte could not be written: the next one tries again. */
export function unring(words: WordMemory, slotAt: WordIndex): void {
  words.compareExchange(slotAt + SLOT.bell, RUNG, ARMED);
}

/** From now on a ring writes a byte. The rung rooms must be looked at after this. */
export function armBell(words: WordMemory, slotAt: WordIndex): void {
  words.exchange(slotAt + SLOT.bell, ARMED);
}

/** From now on a ring writes no byte. */
export function disarmBell(words: WordMemory, slotAt: WordIndex): void {
  words.exchange(slotAt + SLOT.bell, IDLE);
}

/** Takes the rung rooms, 32 at a time: the bits of rooms `32 * i` to `32 * i + 31`. */
export function takeRung(words: WordMemory, slotAt: WordIndex, i: number): number {
  const at = slotAt + SLOT.rung + i;
  return words.load(at) === 0 ? 0 : words.exchange(at, 0);
}
