/**
 * The tally of a joinable queue: how many of the items that were put are done.
 *
 * | word | bits | meaning | changed by |
 * | --- | --- | --- | --- |
 * | `done` | 0 MARK | who joins may sleep on this word | set by who announces, cleared by who wakes |
 * | | 3–31 | how many tasks are done, modulo 2^29 | + 1 by each task that is done |
 * | `emptied` | | how often nothing was unfinished | + 1 by who has seen that its own task was the last |
 *
 * How many were put stands in `tail`, see `position.ts`: an item is unfinished from the very step that puts it.
 *
 * Laws
 * 1. `done` never passes `tail`.
 * 2. A join is over when nothing is unfinished, or nothing was since it began: one that has slept through that moment
 *    learns of it by `emptied`, as items that are put again at once would hold it up for ever.
 * 3. Who empties counts first and then looks for MARK; who joins marks first and then looks at the count. One of
 *    them sees the other.
 *
 * A process killed between its task and the count may cost a join the moment: then the next one ends it.
 */
import { struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import { setMark } from "../parking/mark.ts";
import type { Waitable } from "../parking/waitable.ts";
import { ALL, type Party } from "./party.ts";
import { distance, MARK, UNIT } from "./position.ts";

/** The words of a tally. */
export const TALLY = struct({ done: 1, emptied: 1 });

/** What a tally needs of its process. */
export type TallyParty = Pick<Party, "words" | "wake">;

/** The tally of one queue, for one process. */
export class Tally {
  readonly #party: TallyParty;
  readonly #done: WordIndex;
  readonly #emptied: WordIndex;
  readonly #tail: WordIndex;

  /**
   * @param party This process.
   * @param at Where its words begin.
   * @param tail The word that says how much was put.
   */
  constructor(party: TallyParty, at: WordIndex, tail: WordIndex) {
    this.#party = party;
    this.#done = at + TALLY.done;
    this.#emptied = at + TALLY.emptied;
    this.#tail = tail;
  }

  /** How many items were put and are not done: exact for one moment during the call. */
  get unfinished(): number {
    const { words } = this.#party;
    for (let tail = words.load(this.#tail);;) {
      const count = distance(tail, words.load(this.#done));
      const again = words.load(this.#tail);
      if (distance(again, tail) === 0) return count;
      tail = again;
    }
  }

  /** Counts a task as done; false if all are. */
  finish(): boolean {
    const { words } = this.#party;
    for (;;) {
      const before = words.load(this.#done);
      const left = distance(words.load(this.#tail), before);
      if (left <= 0) return false;
      const after = (before + UNIT) | 0;
      if (words.compareExchange(this.#done, before, after) !== before) continue;
      if (left === 1 && distance(words.load(this.#tail), after) === 0) this.#tellEmptied();
      return true;
    }
  }

  /** What a join waits for that begins now. */
  emptiness(what: string): Waitable<true> {
    const { words } = this.#party;
    const times = words.load(this.#emptied);
    const isOver = (done: number): boolean =>
      distance(words.load(this.#tail), done) <= 0 || words.load(this.#emptied) !== times;
    return {
      at: this.#done,
      what,
      attempt: () => isOver(words.load(this.#done)) ? true : undefined,
      announce: () => {
        const marked = setMark(words, this.#done, words.load(this.#done), MARK);
        return marked === undefined || isOver(marked) ? undefined : marked;
      },
    };
  }

  #tellEmptied(): void {
    const { words } = this.#party;
    words.add(this.#emptied, 1);
    if ((words.load(this.#done) & MARK) === 0) return;
    if ((words.and(this.#done, ~MARK) & MARK) !== 0) this.#party.wake(this.#done, ALL);
  }
}
