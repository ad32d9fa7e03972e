import { assertEquals } from "@std/assert";
import type { Waitable } from "../../src/parking/waitable.ts";
import {
  type Arrival,
  BarrierWord,
  type Outcome,
  type Round,
} from "../../src/sync/barrier_word.ts";
import { ALL } from "../../src/sync/party.ts";
import { SparseWords } from "../memory/sparse_words.ts";
import { assertFound, assertKept, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import { exploreBarrier } from "./model/barrier_model.ts";

type Arguments = ConstructorParameters<typeof BarrierWord>;

test("in every schedule, three come to a barrier again and again, and all pass", () => {
  assertProven(exploreBarrier({ parties: 3, rounds: 2 }));
  assertKept(exploreBarrier({ parties: 3, rounds: 2, spurious: 2, preemptions: 3 }));
  assertKept(
    exploreBarrier({ parties: 2, comers: 3, rounds: 2, action: "succeeds", preemptions: 2 }),
  );
});

test("in every schedule, nobody passes before the action is done, and none if it fails", () => {
  assertProven(exploreBarrier({ parties: 3, action: "succeeds" }));
  assertProven(exploreBarrier({ parties: 3, action: "fails" }));
  assertKept(exploreBarrier({ parties: 3, rounds: 2, action: "succeeds", preemptions: 3 }));
});

test("with three preemptions, who gives up breaks the barrier for all, or passes with all", () => {
  assertKept(exploreBarrier({ parties: 3, patience: 50, timeouts: 1, preemptions: 3 }));
  assertKept(
    exploreBarrier({ parties: 3, patience: 50, timeouts: 1, action: "succeeds", preemptions: 3 }),
  );
});

test("with three preemptions, whoever aborts or resets it leaves nobody behind", () => {
  for (const stranger of ["aborts", "resets"] as const) {
    assertKept(exploreBarrier({ parties: 3, stranger, preemptions: 3 }));
    assertKept(exploreBarrier({ parties: 2, rounds: 2, stranger, preemptions: 3 }));
    assertKept(exploreBarrier({ parties: 3, action: "succeeds", stranger, preemptions: 2 }));
  }
});

test("with three preemptions, a death anywhere ends the wait of all", () => {
  assertKept(exploreBarrier({ parties: 3, deaths: 1, preemptions: 3 }));
  assertKept(exploreBarrier({ parties: 3, deaths: 2, action: "succeeds", preemptions: 2 }));
  assertKept(exploreBarrier({ parties: 3, deaths: 1, stranger: "resets", preemptions: 2 }));
});

test("found: a death that breaks nothing", () => {
  class Indifferent extends BarrierWord {
    override bury(_isParty: boolean): void {
      super.bury(false);
    }
  }
  const make = (...args: Arguments) => new Indifferent(...args);
  assertFound(exploreBarrier({ parties: 2, deaths: 1, make }), /deadlock/);
});

test("found: a barrier that lets only one through", () => {
  const make = (...[party, at]: Arguments) =>
    new BarrierWord(
      { ...party, wake: (word, count) => party.wake(word, count === ALL ? 1 : count) },
      at,
    );
  assertFound(exploreBarrier({ parties: 3, make }), /deadlock/);
});

test("found: who gives up, and leaves the others waiting", () => {
  class Silent extends BarrierWord {
    override leave(round: Round): Outcome {
      return this.outcome(round) ?? "broken";
    }
  }
  const make = (...args: Arguments) => new Silent(...args);
  assertFound(
    exploreBarrier({ parties: 3, patience: 50, timeouts: 1, make }),
    /all pass or none|deadlock/,
  );
});

test("found: a wait that does not look again before it sleeps", () => {
  const make = (...[party, at]: Arguments) => {
    class Hasty extends BarrierWord {
      override passage(what: string, round: Round): Waitable<Outcome> {
        const waitable = super.passage(what, round);
        return { ...waitable, announce: () => party.words.load(waitable.at) };
      }
    }
    return new Hasty(party, at);
  };
  assertFound(exploreBarrier({ parties: 2, make }), /deadlock/);
});

test("found: a reset that does not write down which round it broke", () => {
  const make = (...[party, at]: Arguments) => {
    const words = Object.create(party.words, { store: { value: () => {} } });
    return new BarrierWord({ ...party, words }, at);
  };
  assertFound(
    exploreBarrier({ parties: 2, rounds: 2, stranger: "resets", make }),
    /all pass or none|waits|deadlock/,
  );
});

test("a party that wakes when all rounds that have numbers were passed knows that its own is over", () => {
  const at = 64;
  const unneeded = () => {
    throw new Error("nobody waits here");
  };
  const word = new BarrierWord({
    words: new SparseWords(),
    guarded: { get: unneeded, set: unneeded },
    self: 1,
    wake: () => {},
    inspect: unneeded,
    isAlive: unneeded,
    wakeThread: unneeded,
    waitSync: unneeded,
    stamp: unneeded,
    isOver: unneeded,
  }, at);
  word.begin(2);
  const come = (): Arrival & { round: number } => word.arrive(false) as Arrival & { round: number };
  const first = come();
  assertEquals([first.state, word.outcome(first.round)], ["waits", undefined]);
  come();
  for (let rounds = 1; rounds < 2 ** 12; rounds++) {
    assertEquals(word.outcome(first.round), "passes");
    come();
    assertEquals(word.outcome(first.round), "passes");
    come();
  }
  // The round that is going on has the number of the first.
  assertEquals([word.outcome(first.round), word.leave(first.round)], ["passes", "passes"]);
});
