/** The words of a channel. */
import { LINE, struct } from "../memory/struct.ts";

/** How many large pieces a channel keeps. */
export const PIECES = 8;

/**
 * The control words of a channel.
 *
 * Words that one side alone touches, words that the other side looks at, and those of the other side lie
 * more than a cache line apart, wherever the whole begins.
 */
export const CHANNEL = struct({
  /** How much weight it takes; 0 for no bound. */
  capacity: 1,
  /** A segment that was read to its end and can be written again, or 0. */
  spare: 1,
  /** Large pieces that have carried a message and can carry another: see `pieces.ts`. */
  pieces: PIECES,
  /** Whether a process has died since the channel was made. */
  haunted: 1,
  /** Who puts: see `sync/short_lock.ts`. */
  tailLock: { words: 1, align: LINE },
  /** Where the next record begins, in two copies: see `position.ts`. */
  tailAt: 2,
  /** The last word of the segment that is written, which names its first; in two copies. */
  tailEnd: 2,
  /** An older value of `head`, to look at that only when need be. */
  headSeen: 1,
  /** How much was put: see `position.ts`. */
  tail: { words: 1, align: 2 * LINE },
  /** Who takes. */
  headLock: { words: 1, align: 4 * LINE },
  /** Where the record that is next to be taken begins, in two copies. */
  headAt: 2,
  /** An older value of `tail`, but not older than `head`. */
  tailSeen: 1,
  /** How much was taken. */
  head: { words: 1, align: 2 * LINE },
}, 2 * LINE);
