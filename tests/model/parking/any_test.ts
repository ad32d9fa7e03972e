import { test } from "../../support/harness.ts";
import { explore, type Program, type Report } from "../explore.ts";
import { assertFound, assertKept, assertProven } from "../verdict.ts";
import { exploreEvent, occurrence, setEvent } from "./event_model.ts";
import { exploreLock } from "./lock_model.ts";
import { BELL_FIRST, BLOCK_LAST, ENTER_LAST, type Plant } from "./plants.ts";
import { Process } from "./process.ts";
import { Region, SECOND, SUBJECT } from "./region.ts";

/** One thread waits for both of two events, whichever comes first, and two others set one each. */
function exploreBoth(plant?: Plant, deaths = 0): Report {
  const region = new Region(3 + deaths);
  const wait: Program = (verbs) => {
    const process = new Process(verbs, region, 0, plant);
    let left = [SUBJECT, SECOND].map((at) => occurrence(process.words, false, at));
    while (left.length > 0) {
      const attempt = () => left.find((waitable) => waitable.attempt() !== undefined);
      const first = process.run(() => process.parking.waitAnySync(left, attempt, Infinity));
      left = left.filter((waitable) => waitable !== first);
    }
    verbs.note("heard of both");
  };
  const set = (slot: number, at: number): Program => (verbs) => {
    const process = new Process(verbs, region, slot, plant);
    process.run(() => setEvent(process, undefined, at));
    verbs.note("set");
  };
  const recover = (slot: number): Program => (verbs) => {
    const process = new Process(verbs, region, slot);
    process.run(() => process.recovery.sweep());
  };
  return explore({
    words: region.table,
    participants: [
      // Whoever waits for a setter that died before it could set waits for ever, and rightly.
      { name: "waiter", run: wait, mayBlock: deaths > 0 },
      { name: "first", run: set(1, SUBJECT) },
      { name: "second", run: set(2, SECOND) },
      ...Array.from({ length: deaths }, (_, i) => ({
        name: `recoverer ${i + 1}`,
        run: recover(3 + i),
        startsAfter: i + 1,
      })),
    ],
    outcomes: {
      "the waiter hears of what was set": (state) =>
        state.dead(0) || state.note(0) === "heard of both" ||
        [SUBJECT, SECOND].some((at) => state.word(region.place(at)!) < 2),
    },
    deaths,
    patience: false,
    spurious: 1,
    ...(deaths > 0 && { preemptions: 2 }),
  });
}

test("in every schedule, a thread that waits for two words hears of both", () => {
  assertProven(exploreBoth());
});

test("with two preemptions and a death anywhere, it hears of what was set", () => {
  assertKept(exploreBoth(undefined, 1));
});

for (const other of ["any", "sync", "async"] as const) {
  const kinds = ["any", other] as const;

  test(`in every schedule, an event lets waiters on a bell and ${other} ones through`, () => {
    assertProven(exploreEvent({ kinds, spurious: 1 }));
  });

  test(`in every schedule, waiters on a bell and ${other} ones get a lock in turn`, () => {
    assertProven(exploreLock({ kinds: [...kinds, "sync"] }));
    assertProven(exploreLock({ kinds, timeouts: 1, deadline: 50 }));
  });

  test(`with two preemptions and a death anywhere, on a bell and ${other}, nobody waits on`, () => {
    assertKept(exploreEvent({ kinds, deaths: 1, preemptions: 2 }));
    assertKept(exploreLock({ kinds, deaths: 1, preemptions: 2 }));
  });
}

test("found: a thread that says BLOCKED when it has looked", () => {
  assertFound(exploreBoth(BLOCK_LAST), /deadlock: waiter/);
});

test("found: a thread that announces itself before it sets its bits in the rooms", () => {
  assertFound(exploreBoth(ENTER_LAST), /deadlock: waiter/);
});

test("a thread that looks at the words themselves needs no reason for a ring", () => {
  // Unlike an event loop, which looks only at the rooms whose bits it finds.
  assertProven(exploreBoth(BELL_FIRST));
});
