/** What is held, as an object that gives it back. */

/**
 * What an acquisition returns: something held, until it is released or disposed of.
 *
 * - Releasing it a second time does nothing, also if it was released by the primitive's own `release()`.
 * - It belongs to this process, and cannot be sent to another.
 *
 * @example Hold a lock for a block
 * ```ts
 * import { Lock } from "@x/mp";
 *
 * const lock = new Lock();
 * {
 *   using held = await lock.acquire();
 *   if (held.abandoned) console.warn("who held it before has died: repair what it protects");
 * }
 * console.log(lock.locked); // false
 * ```
 */
export interface Held extends Disposable {
  /**
   * Whether the process that held it before died without releasing it: what it protects may be half
   * changed. Told once, to the next holder.
   */
  readonly abandoned: boolean;
  /** Gives it back. */
  release(): void;
}
