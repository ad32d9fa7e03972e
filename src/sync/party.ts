/** What the words of this folder need of the process that uses them; models make their own. */
import type { OwnerId } from "../memory/owner_id.ts";
import type { PlainMemory, WordIndex, WordMemory } from "../memory/words.ts";
import { LIVE, packState, SLOT, slotOfOwner } from "../owner/slot.ts";
import type { Member } from "../parking/member.ts";
import type { ShortLockParty } from "./short_lock.ts";

/** A process that uses shared words. */
export interface Party extends ShortLockParty {
  /** The same words, for those that only the holder of a guard changes. */
  readonly guarded: Pick<PlainMemory, "get" | "set">;
  /** Wakes those who wait for a word that was just changed: at most `count` synchronous ones. */
  wake(at: WordIndex, count: number): void;
  /** Looks whether an owner is dead, and recovers it if so. */
  inspect(owner: OwnerId): void;
  /** This moment as a word, on a clock that all processes of the machine read. */
  stamp(): number;
  /** Whether so many ms have passed since a stamp. */
  isOver(stamp: number, milliseconds: number): boolean;
}

/** For {@linkcode Party.wake}: all of them. */
export const ALL: number = 2 ** 30;

const STAMPS = 2 ** 31;

/** This process. */
export function partyOf({ heap, owner, table, parking, recovery }: Member): Party {
  return {
    words: heap.words,
    guarded: heap.plain,
    self: owner,
    wake: (at, count) => parking.wake(at, count),
    inspect: (other) => void recovery.inspect(other),
    isAlive: (other) => table.isAlive(other),
    waitSync: (waitable) => parking.waitSync(waitable, Infinity),
    wakeThread: (at) => heap.kernel.wake(at, 1),
    stamp: () => Date.now() % STAMPS,
    // The machine's clock may be set back: then it counts as over.
    isOver: (stamp, milliseconds) => {
      const passed = Date.now() % STAMPS - stamp;
      return passed < 0 || passed >= milliseconds;
    },
  };
}

/**
 * Whether an owner is known to be dead, as the owner table says it; final. Costs one look at a word: a death
 * that nobody has noticed yet is not seen.
 */
export function isGone(words: WordMemory, owner: OwnerId): boolean {
  return words.load(slotOfOwner(owner) + SLOT.state) !== packState(LIVE, owner);
}
