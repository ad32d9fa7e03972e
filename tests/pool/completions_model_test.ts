import { assertFound, assertKept, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import { exploreCompletions } from "./model/completions_model.ts";

test("in every schedule, what three workers complete is settled once, and the submitter wakes", () => {
  assertProven(exploreCompletions({ workers: 3 }));
});

test("in every schedule, the submitter wakes for no reason, and misses nothing", () => {
  assertProven(exploreCompletions({ workers: 2, spurious: 2 }));
});

test("in every schedule, what a worker had when it died is settled once", () => {
  assertProven(exploreCompletions({ workers: 2, deaths: 1 }));
  assertProven(exploreCompletions({ workers: 2, deaths: 2 }));
  assertKept(exploreCompletions({ workers: 3, deaths: 1, preemptions: 2 }));
});

test("found: a worker that wakes nobody", () => {
  assertFound(exploreCompletions({ workers: 3, wakes: false }), /deadlock/);
});

test("found: burying before the stack was looked at", () => {
  const report = exploreCompletions({ workers: 2, deaths: 1, looksFirst: false });
  assertFound(report, /settled twice/);
});
