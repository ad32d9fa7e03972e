/** A lock as a condition uses it. */
import type { WordIndex } from "../memory/words.ts";

/** Lets a lock go in the middle of being held, and takes it again. */
export interface Suspendable {
  /** The shared object. */
  readonly object: WordIndex;
  /** Where its words begin; see `mutex.ts`. */
  readonly mutex: WordIndex;
  /** Whether this process holds it. */
  isHeld(): boolean;
  /** Gives it back, however often it is held; the result says by whom here, for {@linkcode resume}. */
  suspend(): readonly number[];
  /** Takes it again as it was held, however long that takes. */
  resume(rounds: readonly number[]): Promise<void>;
  /** The same; blocks this thread. */
  resumeSync(rounds: readonly number[]): void;
}
