/**
 * A lock over the real parking.
 *
 * | word | meaning | acquire | release |
 * | --- | --- | --- | --- |
 * | FREE | nobody's | to owner; with CONTENDED by who has waited | an error |
 * | ABANDONED | nobody's, its holder died | the same, and the holder is told | an error |
 * | owner | held | no | to FREE |
 * | owner, CONTENDED | held, and somebody may sleep | no | to FREE, and wakes one |
 *
 * Invariant: whoever sleeps on the word has seen it with CONTENDED, or is about to be woken.
 */

import type { OwnerId } from "../../../src/memory/owner_id.ts";
import type { WordMemory } from "../../../src/memory/words.ts";
import type { Waitable } from "../../../src/parking/waitable.ts";
import { SUBJECT } from "./region.ts";

export const FREE = 0;
export const ABANDONED = 2 ** 30;
const CONTENDED = 2 ** 29;

/** How a lock was acquired. */
export type Acquired = "acquired" | "abandoned";

/**
 * What one acquisition waits for.
 *
 * @param forgetful Plants a bug: the lock is taken after a wait as if nobody else waited.
 */
export function acquisition(
  words: WordMemory,
  owner: OwnerId,
  forgetful: boolean,
): Waitable<Acquired> {
  // Who has slept does not know who else does.
  let mark = 0;
  return {
    at: SUBJECT,
    what: "the lock",
    patient: true,
    attempt() {
      const seen = words.load(SUBJECT);
      if (seen !== FREE && seen !== ABANDONED) return undefined;
      if (words.compareExchange(SUBJECT, seen, owner | mark) !== seen) return undefined;
      return seen === FREE ? "acquired" : "abandoned";
    },
    announce() {
      const seen = words.load(SUBJECT);
      if (seen === FREE || seen === ABANDONED) return undefined;
      const marked = seen | CONTENDED;
      if (seen !== marked && words.compareExchange(SUBJECT, seen, marked) !== seen) {
        return undefined;
      }
      if (!forgetful) mark = CONTENDED;
      return marked;
    },
  };
}

/** Frees the lock; whether somebody must be woken. */
export function release(words: WordMemory): boolean {
  return (words.exchange(SUBJECT, FREE) & CONTENDED) !== 0;
}

/** Frees the lock of somebody dead. */
export function recoverLock(words: WordMemory, dead: OwnerId): void {
  for (;;) {
    const seen = words.load(SUBJECT);
    if ((seen & ~CONTENDED) !== dead) return;
    if (words.compareExchange(SUBJECT, seen, ABANDONED) === seen) return;
  }
}
