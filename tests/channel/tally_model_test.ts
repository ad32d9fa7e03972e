import { Tally, type TallyParty } from "../../src/channel/tally.ts";
import { MARK } from "../../src/channel/position.ts";
import type { Waitable } from "../../src/parking/waitable.ts";
import { assertFound, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import { AT, exploreTally, TAIL } from "./model/tally_model.ts";

test("in every schedule, who joins gets through once all tasks are done", () => {
  assertProven(exploreTally({ joiners: 2, workers: [1, 1], tasks: 2 }));
});

test("in every schedule, who joins gets through although more is put at once", () => {
  assertProven(exploreTally({ joiners: 1, workers: [1, 1], tasks: 2, more: "put, do" }));
  assertProven(exploreTally({ joiners: 2, workers: [], tasks: 1, more: "do, put" }));
});

test("in every schedule, no more tasks are done than there are", () => {
  assertProven(exploreTally({ joiners: 0, workers: [2, 1, 1], tasks: 3 }));
});

test("in every schedule, the death of a worker leaves nobody asleep who need not be", () => {
  assertProven(exploreTally({ joiners: 1, workers: [1, 1], tasks: 2, deaths: 1 }));
  assertProven(exploreTally({ joiners: 1, workers: [1], tasks: 1, more: "put, do", deaths: 1 }));
});

test("in every schedule, a joiner that gives up or wakes for nothing harms nobody", () => {
  assertProven(
    exploreTally({ joiners: 2, workers: [1], tasks: 1, patience: 50, timeouts: 1, spurious: 1 }),
  );
});

const one = { joiners: 1, workers: [1, 1], tasks: 2 } as const;

test("found: a last task that wakes nobody", () => {
  const make = (party: TallyParty) => new Tally({ ...party, wake() {} }, AT, TAIL);
  assertFound(exploreTally({ ...one, make }), /nobody joins for what is finished|deadlock/);
});

test("found: a joiner that looks before it marks", () => {
  const make = (party: TallyParty) => {
    const tally = new Tally(party, AT, TAIL);
    const emptiness = (what: string): Waitable<true> => {
      const waitable = Tally.prototype.emptiness.call(tally, what);
      return {
        ...waitable,
        announce: () => waitable.attempt() ? undefined : party.words.or(waitable.at, MARK) | MARK,
      };
    };
    return Object.assign(tally, { emptiness });
  };
  assertFound(exploreTally({ ...one, make }), /nobody joins for what is finished|deadlock/);
});

test("found: a moment at which all is done that is not counted", () => {
  const make = (party: TallyParty) => {
    const { words } = party;
    return new Tally({ ...party, words: { ...words, add: (at) => words.load(at) } }, AT, TAIL);
  };
  assertFound(
    exploreTally({ joiners: 1, workers: [], tasks: 1, more: "do, put", make }),
    /who joined before all was done got through/,
  );
});
