import type { WordIndex, WordMemory } from "../../src/memory/words.ts";
import type { Waitable } from "../../src/parking/waitable.ts";
import { Flag } from "../../src/sync/flag.ts";
import type { Party } from "../../src/sync/party.ts";
import { assertFound, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import { exploreFlag } from "./model/flag_model.ts";

test("in every schedule, an event that is set and cleared at once lets through who was there", () => {
  assertProven(exploreFlag({ waiters: 2 }));
});

test("in every schedule, spurious returns, timeouts and a death keep nobody who was there", () => {
  assertProven(exploreFlag({ waiters: 2, spurious: 1 }));
  assertProven(exploreFlag({ waiters: 2, patience: 50, timeouts: 1 }));
  assertProven(exploreFlag({ waiters: 2, deaths: 1 }));
});

test("found: an event whose waiters look only whether it is set now", () => {
  class Blind extends Flag {
    readonly #words: WordMemory;
    readonly #at: WordIndex;
    constructor(party: Party, at: WordIndex) {
      super(party, at);
      this.#words = party.words;
      this.#at = at;
    }
    override occurrence(what: string, times: number): Waitable<true> {
      return {
        ...super.occurrence(what, times),
        attempt: () => this.isSet ? true : undefined,
        announce: () => {
          const seen = this.#words.load(this.#at);
          if (this.isSet || this.#words.compareExchange(this.#at, seen, seen | 2) !== seen) {
            return undefined;
          }
          return seen | 2;
        },
      };
    }
  }
  assertFound(exploreFlag({ waiters: 1, flag: (...args) => new Blind(...args) }), /nobody waits/);
});

test("found: an event that wakes one of two", () => {
  const stingy = (party: Party, at: WordIndex) =>
    new Flag({ ...party, wake: (at) => party.wake(at, 1) }, at);
  assertFound(exploreFlag({ waiters: 2, flag: stingy }), /nobody waits/);
});
