/**
 * The bell of a process, as words: who wants to wake its event loop says for which room, and writes a
 * byte into its pipe only if it sleeps.
 *
 * | bell word | meaning | ring finds it | the process itself |
 * | --- | --- | --- | --- |
 * | 0 IDLE | nobody waits on its event loop | RUNG, no byte | ARMED when the first waiter comes |
 * | 1 ARMED | its event loop may sleep | RUNG, and writes a byte | IDLE when the last waiter goes |
 * | 2 RUNG | it was rung and has not looked yet | stays, no byte; back to ARMED if the byte cannot be written | ARMED before it looks |
 * | 3 BLOCKED | its thread waits for several words, and may sleep on this one | RUNG, and wakes it in the kernel | RUNG or BLOCKED before it looks; ARMED or IDLE when that wait is over |
 *
 * Why no ring is lost: the ringer sets the room's bit and then exchanges the bell; the process
 * exchanges the bell to ARMED and then takes the bits. If the ringer's exchange comes first, so did its
 * bit, and the process takes it. If it comes second, it finds ARMED and writes a byte.
 *
 * A thread that waits for several words says BLOCKED, then looks at them all, and then sleeps while the bell is BLOCKED:
 * a ring before the look is behind a change that the look sees, and a ring after it keeps the thread from sleeping or
 * wakes it. The bits of the rooms stay for the event loop, which looks at them when that wait is over.
 */
import { ROOMS } from "../memory/layout.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";
import { SLOT } from "../owner/slot.ts";
import type { Room } from "./rooms.ts";

const IDLE = 0;
const ARMED = 1;
const RUNG = 2;
const BLOCKED = 3;

/** What else it takes to be heard: nothing, a byte in the pipe, or a wake of the thread that sleeps on the bell. */
export type Means = "nothing" | "byte" | "wake";

/** How many words the bits of all rooms take. */
export const RUNG_WORDS: number = ROOMS / 32;

/**
 * Rings a process for one room.
 *
 * @param slotAt Where its slot begins.
 * @returns What must be done besides.
 */
export function ringFor(words: WordMemory, slotAt: WordIndex, room: Room): Means {
  words.or(slotAt + SLOT.rung + (room >>> 5), 1 << (room & 31));
  const before = words.exchange(slotAt + SLOT.bell, RUNG);
  if (before === BLOCKED) return "wake";
  return before === ARMED ? "byte" : "nothing";
}

/**
 * Rings a process for all rooms, on behalf of somebody who may have died while ringing it.
 *
 * @returns What must be done besides: a byte is written also if the bell is RUNG, because whoever rang it may not
 * have come to write his. (A thread that he did not come to wake is woken as all that sleep are.)
 */
export function ringForAll(words: WordMemory, slotAt: WordIndex): Means {
  for (let i = 0; i < RUNG_WORDS; i++) words.store(slotAt + SLOT.rung + i, -1);
  const before = words.exchange(slotAt + SLOT.bell, RUNG);
  if (before === BLOCKED) return "wake";
  return before === IDLE ? "nothing" : "byte";
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

/** From now on a ring wakes the thread that sleeps on the bell; returns the word, and its value to sleep on. */
export function blockBell(
  words: WordMemory,
  slotAt: WordIndex,
): { at: WordIndex; expected: number } {
  const at = slotAt + SLOT.bell;
  words.exchange(at, BLOCKED);
  return { at, expected: BLOCKED };
}

/** Takes the rung rooms, 32 at a time: the bits of rooms `32 * i` to `32 * i + 31`. */
export function takeRung(words: WordMemory, slotAt: WordIndex, i: number): number {
  const at = slotAt + SLOT.rung + i;
  return words.load(at) === 0 ? 0 : words.exchange(at, 0);
}
