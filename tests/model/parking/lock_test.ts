import { test } from "../../support/harness.ts";
import { assertFound, assertKept, assertProven } from "../verdict.ts";
import { exploreLock } from "./lock_model.ts";
import { ANNOUNCE_FIRST, ARM_LAST } from "./plants.ts";
import type { Kind } from "./process.ts";

const mixes: readonly (readonly Kind[])[] = [
  ["sync", "sync", "sync"],
  ["sync", "sync", "async"],
  ["sync", "async", "async"],
];

for (const kinds of mixes) {
  const who = kinds.join(", ");

  test(`in every schedule, ${who} waiters get the lock in turn`, () => {
    assertProven(exploreLock({ kinds }));
  });

  test(`in every schedule, ${who} waiters that may give up lose no wake`, () => {
    assertProven(exploreLock({ kinds, timeouts: 1, deadline: 50 }));
  });

  test(`with two preemptions and a death anywhere, ${who} waiters lose no wake`, () => {
    assertKept(exploreLock({ kinds, deaths: 1, preemptions: 2 }));
  });
}

test("in every schedule, waits that return for no reason do no harm", () => {
  assertProven(exploreLock({ kinds: ["sync", "sync", "sync"], spurious: 2 }));
  assertProven(exploreLock({ kinds: ["sync", "async"], spurious: 10 }));
});

for (const kinds of [["sync", "sync"], ["sync", "async"], ["async", "async"]] as const) {
  const who = kinds.join(" and ");

  test(`in every schedule with a death anywhere, ${who} lose no wake`, () => {
    assertProven(exploreLock({ kinds, deaths: 1 }));
  });

  test(`with a preemption, ${who} survive the death of the recoverer too`, () => {
    assertKept(exploreLock({ kinds, deaths: 2, preemptions: 1 }));
  });
}

test("a waiter that is woken too late leaves the wake to the others", () => {
  const kinds: Kind[] = ["sync", "sync", "sync"];
  assertKept(exploreLock({ kinds, rounds: 2, timeouts: 1, deadline: 50, preemptions: 3 }));
});

test("found: a lock that is taken after a wait as if nobody else waited", () => {
  assertFound(exploreLock({ kinds: ["sync", "sync", "sync"], forgetful: true }), /deadlock/);
  assertProven(exploreLock({ kinds: ["sync", "sync"], forgetful: true }));
});

test("found: a recovery that wakes nobody", () => {
  assertFound(exploreLock({ kinds: ["sync", "async"], deaths: 1, silent: true }), /deadlock/);
});

test("found: a waiter that announces itself before it sets its bit in the room", () => {
  assertFound(exploreLock({ kinds: ["sync", "async"], plant: ANNOUNCE_FIRST }), /deadlock: B/);
});

test("found: a process that looks for rung rooms before it arms its bell", () => {
  const kinds: Kind[] = ["sync", "async"];
  assertFound(exploreLock({ kinds, rounds: 2, plant: ARM_LAST }), /deadlock: B/);
});
