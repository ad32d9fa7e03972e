import { assertFound, assertKept, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import { exploreSleep } from "./model/sleep_model.ts";

test("in every schedule, no task stays while one of two workers sleeps", () => {
  assertProven(exploreSleep({ workers: 2, puts: [1] }));
});

test("with up to three preemptions, two workers share two tasks, of one submitter or two", () => {
  assertKept(exploreSleep({ workers: 2, puts: [2], preemptions: 3 }));
  assertKept(exploreSleep({ workers: 2, puts: [1, 1], preemptions: 2 }));
});

test("with one preemption, three workers share three tasks", () => {
  assertKept(exploreSleep({ workers: 3, puts: [3], preemptions: 1 }));
});

test("with up to two preemptions, waits that return for no reason do no harm", () => {
  assertKept(exploreSleep({ workers: 2, puts: [2], spurious: 1, preemptions: 2 }));
});

test("with up to two preemptions, the death of a worker at any step leaves no task behind", () => {
  assertKept(exploreSleep({ workers: 2, puts: [2], deaths: 1, preemptions: 2 }));
  assertKept(exploreSleep({ workers: 3, puts: [1], deaths: 1, preemptions: 1 }));
});

test("found: a worker that was awake for one task and wakes nobody for the next", () => {
  const report = exploreSleep({ workers: 2, puts: [2], plant: "wakes nobody" });
  assertFound(report, /no task is left/);
});

test("found: a submitter that looks who sleeps before it puts", () => {
  const report = exploreSleep({ workers: 2, puts: [2], plant: "looks before it puts" });
  assertFound(report, /no task is left/);
});

test("found: a dead searcher for whom the others are not woken", () => {
  const report = exploreSleep({ workers: 2, puts: [1], deaths: 1, plant: "the dead search on" });
  assertFound(report, /no task is left/);
});

test("found: a worker that does not look again before it sleeps", () => {
  const report = exploreSleep({ workers: 2, puts: [1], plant: "sleeps at once" });
  assertFound(report, /no task is left/);
});
