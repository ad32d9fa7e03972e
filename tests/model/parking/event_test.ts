import { test } from "../../support/harness.ts";
import { assertFound, assertKept, assertProven } from "../verdict.ts";
import { exploreEvent } from "./event_model.ts";
import type { Kind } from "./process.ts";

const mixes: readonly (readonly Kind[])[] = [
  ["sync", "sync"],
  ["sync", "async"],
  ["async", "async"],
];

for (const kinds of mixes) {
  const who = kinds.join(" and ");

  test(`in every schedule, an event lets ${who} waiters through`, () => {
    assertProven(exploreEvent({ kinds, spurious: 2 }));
  });

  test(`with two preemptions and a death anywhere, it lets ${who} waiters through`, () => {
    assertKept(exploreEvent({ kinds, deaths: 1, preemptions: 2 }));
  });
}

for (const kind of ["sync", "async"] as const) {
  test(`in every schedule with a death anywhere, a ${kind} waiter gets through`, () => {
    assertProven(exploreEvent({ kinds: [kind], deaths: 1 }));
  });

  test(`with a preemption, a ${kind} waiter gets through if a recoverer dies`, () => {
    assertKept(exploreEvent({ kinds: [kind], deaths: 2, preemptions: 1 }));
  });
}

test("in every schedule, an event lets three waiters through", () => {
  assertProven(exploreEvent({ kinds: ["sync", "sync", "async"] }));
});

test("found: an event that wakes one of two", () => {
  assertFound(exploreEvent({ kinds: ["sync", "sync"], stingy: true }), /nobody waits/);
});

test("found: a waiter that does not announce itself", () => {
  assertFound(exploreEvent({ kinds: ["sync"], mute: true }), /nobody waits/);
  assertFound(exploreEvent({ kinds: ["async"], mute: true }), /nobody waits/);
});
