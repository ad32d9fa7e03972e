/** What is held, as an object that gives it back. */
import { refuseClass } from "../codec/write_builtin.ts";

/**
 * What an acquisition returns: something held, until it is released or disposed of.
 *
 * - Releasing it a second time does nothing, also if it was released by the primitive's own `release()`.
 * - It belongs to this process, and cannot be sent to another: that is a `SerializationError`.
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

/** What gives back what a handle has acquired by number. */
export interface Keeper {
  /** Gives it back, if that was not done before. */
  giveBack(round: number): void;
  /** See {@linkcode Held.abandoned}. */
  isAbandoned(round: number): boolean;
}

/** What is held by number. */
export class NumberedHeld implements Held {
  readonly #keeper: Keeper;
  readonly #round: number;

  /**
   * @param keeper What gives it back.
   * @param round Its number.
   */
  constructor(keeper: Keeper, round: number) {
    this.#keeper = keeper;
    this.#round = round;
  }

  get abandoned(): boolean {
    return this.#keeper.isAbandoned(this.#round);
  }

  release(): void {
    this.#keeper.giveBack(this.#round);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
isHeldHere(NumberedHeld.prototype);

/** Says of a class that its instances are held here: to send one is an error, and no empty object over there. */
export function isHeldHere(prototype: Held): void {
  refuseClass(prototype, "Held", "it belongs to its process: send what it is held of");
}
