/**
 * The words of a barrier.
 *
 * `state`:
 *
 * | bits | meaning |
 * | --- | --- |
 * | 0–11 | how many have come in this round |
 * | 12–13 | the phase |
 * | 14–25 | the round, counted from 0 since the last reset; wraps |
 * | 26–31 | the epoch: how often it was reset; wraps |
 *
 * | phase | meaning | leaves by |
 * | --- | --- | --- |
 * | 0 FILLING | some of the parties are there | the last one: to the next round, or to ACTING if there is an action |
 * | 1 ACTING | all are there, and one of them runs the action | its end: to the next round; its failure: to BROKEN |
 * | 2 BROKEN | nobody passes | reset: to a new epoch |
 *
 * From any phase a timeout, an abort and a death lead to BROKEN.
 *
 * `parties`: how many must come. `notice`: those sleep on it who come while the action of the round before runs.

`ends`: for each of the last epochs, which round was going on when it broke. It is written before the epoch
 * ends. So who wakes late, when others have gone on, still learns whether its own round was passed: it was, unless
 * it is the one that broke.
 */
import { struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Waitable } from "../parking/waitable.ts";
import { Notice } from "./notice.ts";
import { ALL, type Party } from "./party.ts";

const EPOCHS = 8;

/** The words. */
export const BARRIER = struct({ state: 1, parties: 1, notice: 1, ends: EPOCHS });

const COME_BITS = 12;
const ROUND_SHIFT = 14;
const EPOCH_SHIFT = 26;
const COME = 2 ** COME_BITS - 1;
const PHASE = 3 << COME_BITS;
const FILLING = 0;
const ACTING = 1 << COME_BITS;
const BROKEN = 2 << COME_BITS;
const ONE_ROUND = 1 << ROUND_SHIFT;
const ONE_EPOCH = 1 << EPOCH_SHIFT;
const EPOCH = -ONE_EPOCH;
/** What names a round: its epoch and its number. */
const KEY = -ONE_ROUND;
const ROUND = KEY & ~EPOCH;

/** How many parties a barrier can have. */
export const MOST_PARTIES: number = COME;

/**
 * A round of an epoch and a place in it: what an arrival belongs to. By its place a party that wakes very late, when others
 * have passed all the rounds that have numbers, still knows its own from a later one that fewer have come to.
 */
export type Round = number;

/** How an arrival went. */
export type Arrival =
  /** It could not come: those of the round before are there, and their action runs. */
  | { readonly state: "too early" }
  /** One of the first: it has to wait. */
  | { readonly state: "waits"; readonly index: number; readonly round: Round }
  /** The last one: everybody is through. */
  | { readonly state: "passes"; readonly index: number; readonly round: Round }
  /** The last one, and has to run the action. */
  | { readonly state: "acts"; readonly index: number; readonly round: Round }
  /** The barrier is broken. */
  | { readonly state: "broken" };

const BROKEN_ARRIVAL: Arrival = Object.freeze({ state: "broken" });
const TOO_EARLY: Arrival = Object.freeze({ state: "too early" });

/** What became of a round. */
export type Outcome = "passes" | "broken";

/** The parties that come, in one word. */
export class BarrierWord {
  readonly #party: Party;
  readonly #at: WordIndex;
  readonly #notice: Notice;

  /**
   * @param party This process.
   * @param at Where the words begin.
   */
  constructor(party: Party, at: WordIndex) {
    this.#party = party;
    this.#at = at;
    this.#notice = new Notice(party, at + BARRIER.notice);
  }

  /** The first values of the words; nobody else knows them yet. */
  begin(parties: number): void {
    this.#party.words.store(this.#at + BARRIER.parties, parties);
  }

  /** How many must come. */
  get parties(): number {
    return this.#party.words.load(this.#at + BARRIER.parties);
  }

  /** How many have come and wait. */
  get waiting(): number {
    const seen = this.#load();
    return (seen & PHASE) === BROKEN ? 0 : seen & COME;
  }

  /** Whether it is broken. */
  get isBroken(): boolean {
    return (this.#load() & PHASE) === BROKEN;
  }

  /**
   * Comes.
   *
   * @param hasAction Whether the last one has something to do before the others pass.
   * @param onlyLast Whether to come only if that makes the round complete.
   */
  arrive(hasAction: boolean, onlyLast = false): Arrival {
    const { parties } = this;
    for (;;) {
      const seen = this.#load();
      if ((seen & PHASE) === BROKEN) return BROKEN_ARRIVAL;
      if ((seen & PHASE) === ACTING) return TOO_EARLY;
      const index = seen & COME;
      const round = seen & (KEY | COME);
      if (index + 1 < parties) {
        if (onlyLast) return TOO_EARLY;
        if (this.#change(seen, seen + 1)) return { state: "waits", index, round };
      } else if (hasAction) {
        if (this.#change(seen, (seen | ACTING) + 1)) return { state: "acts", index, round };
      } else if (this.#change(seen, next(seen))) {
        if (index > 0) this.#party.wake(this.#at + BARRIER.state, ALL);
        return { state: "passes", index, round };
      }
    }
  }

  /** The action of a round is done: all pass, unless the barrier has been broken meanwhile. */
  complete(round: Round): Outcome {
    const seen = this.#load();
    // Nobody else makes an end of this phase but by breaking it; and once broken it stays so.
    if ((seen & ~COME) === ((round & KEY) | ACTING) && this.#change(seen, next(seen))) {
      this.#tell();
      return "passes";
    }
    return "broken";
  }

  /** What became of a round; `undefined` if it still goes on. */
  outcome(round: Round): Outcome | undefined {
    const seen = this.#load();
    if ((seen & KEY) === (round & KEY)) {
      if ((seen & PHASE) === BROKEN) return "broken";
      return (seen & COME) <= (round & COME) ? "passes" : undefined;
    }
    if (epochOf(seen) === epochOf(round)) return "passes";
    const end = this.#party.words.load(this.#endOf(round));
    return epochOf(end) === epochOf(round) && end !== (round & KEY) ? "passes" : "broken";
  }

  /** A party that has come gives up: breaks its round, unless that is over. */
  leave(round: Round): Outcome {
    for (;;) {
      const outcome = this.outcome(round);
      if (outcome !== undefined) return outcome;
      const seen = this.#load();
      if ((seen & KEY) === (round & KEY) && this.#break(seen)) return "broken";
    }
  }

  /** Breaks it: nobody passes until it is reset. */
  abort(): void {
    for (;;) {
      const seen = this.#load();
      if ((seen & PHASE) === BROKEN || this.#break(seen)) return;
    }
  }

  /** Makes it as new; those who are there get to know that it is broken. */
  reset(): void {
    for (;;) {
      const seen = this.#load();
      if ((seen & (PHASE | COME)) === FILLING) return;
      if ((seen & PHASE) !== BROKEN) this.#break(seen);
      else {
        this.#party.words.store(this.#endOf(seen), seen & KEY);
        if (this.#change(seen, (seen & EPOCH) + ONE_EPOCH)) return;
      }
    }
  }

  /**
   * Somebody has died; breaks it if that was a party. Everybody is woken after this. Can be repeated.
   *
   * @param isParty Whether the dead one may be missed by the others.
   */
  bury(isParty: boolean): void {
    if (isParty) this.abort();
    this.#notice.stir();
  }

  /** What a party that has come waits for. */
  passage(what: string, round: Round): Waitable<Outcome> {
    return {
      at: this.#at + BARRIER.state,
      what,
      attempt: () => this.outcome(round),
      // Who changes the phase or the round wakes all. Who comes does not: that is looked at again.
      announce: () => {
        const seen = this.#load();
        return this.outcome(round) === undefined ? seen : undefined;
      },
    };
  }

  /** What somebody waits for who has come too early. */
  opening(what: string): Waitable<true> {
    const isActing = () => (this.#load() & PHASE) === ACTING;
    return {
      at: this.#notice.at,
      what,
      attempt: () => isActing() ? undefined : true,
      announce: () => this.#notice.announce(() => !isActing()),
    };
  }

  #break(seen: number): boolean {
    if (!this.#change(seen, (seen & KEY) | BROKEN)) return false;
    this.#tell();
    return true;
  }

  #tell(): void {
    this.#party.wake(this.#at + BARRIER.state, ALL);
    this.#notice.tell(ALL);
  }

  #load(): number {
    return this.#party.words.load(this.#at + BARRIER.state);
  }

  #change(from: number, to: number): boolean {
    return this.#party.words.compareExchange(this.#at + BARRIER.state, from, to | 0) === from;
  }

  #endOf(round: Round): WordIndex {
    return this.#at + BARRIER.ends + epochOf(round) % EPOCHS;
  }
}

function epochOf(word: number): number {
  return word >>> EPOCH_SHIFT;
}

/** Nobody has come to the round that follows. */
function next(word: number): number {
  return (word & EPOCH) | ((word + ONE_ROUND) & ROUND);
}
