/** A lock as a condition uses it. */

/** Lets a lock go in the middle of being held, and takes it again. */
export interface Suspendable {
  /** Whether this process holds it. */
  isHeld(): boolean;
  /** Gives it back, however often it is held; the result says by whom here, for {@linkcode resume}. */
  suspend(): readonly number[];
  /** Takes it again as it was held, however long that takes. */
  resume(rounds: readonly number[]): Promise<void>;
  /** The same; blocks this thread. */
  resumeSync(rounds: readonly number[]): void;
}
