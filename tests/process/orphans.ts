/** How soon the processes of a tree are gone whose root was killed. */

import { type ProcessEntry, processes, processorTime } from "../support/proc.ts";

/**
 * What is promised, in milliseconds. They are counted in what an orphan computes: on a machine that does other things
 * as well, one that was killed must wait for a processor to go, and one that was not gets there all the same.
 */
export const CONTRACT = 2_000;

/** Watches who must go, from now on. */
export class Orphans {
  readonly #isOne: (entry: ProcessEntry) => boolean;
  readonly #before: ReadonlyMap<number, number>;

  /** @param isOne Tells them; also one that was only just starting when the first was told to end. */
  constructor(isOne: (entry: ProcessEntry) => boolean) {
    this.#isOne = isOne;
    this.#before = new Map(processes().filter(isOne).map(({ pid }) => [pid, processorTime(pid)]));
  }

  /**
   * Whether all are gone.
   *
   * @throws {Error} if one of them has computed for longer than it may have lived.
   */
  areGone(): boolean {
    const left = processes().filter((entry) => entry.state !== "Z" && this.#isOne(entry));
    for (const { pid } of left) {
      const computed = processorTime(pid) - (this.#before.get(pid) ?? 0);
      if (computed <= CONTRACT) continue;
      throw new Error(
        `Process ${pid} has computed for ${computed} ms since its tree was ended: ` +
          `after ${CONTRACT} it must be gone`,
      );
    }
    return left.length === 0;
  }
}
