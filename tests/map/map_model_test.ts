import { test } from "../support/harness.ts";
import { assertFound, assertKept, assertProven } from "../model/verdict.ts";
import { exploreMap } from "./model/map_model.ts";
import {
  believesInDeath,
  givesLate,
  growsFirst,
  growsLast,
  looksOnce,
  repairsNothing,
  stampsAlike,
} from "./model/plants.ts";

test("in every schedule, a reader sees what there was, in cells that are used again and again", () => {
  assertProven(
    exploreMap({ writers: [["put", "put"]], readers: [[1]], before: [1], entries: 2 }),
  );
});

test("in every schedule, a reader of a key sees what there was, whatever two writers do", () => {
  const model = {
    writers: [["delete"], ["put"]],
    before: [1, 3],
    entries: 3,
    capacity: 4,
  } as const;
  assertProven(exploreMap({ ...model, readers: [[1]] }));
  assertKept(exploreMap({ ...model, readers: [[2]], sameHash: true, preemptions: 3 }));
});

test("two writers and a reader, with a table that is exchanged and up to two preemptions", () => {
  const readers = [[3]];
  const more = { next: 6, preemptions: 2, entries: 4 };
  assertKept(exploreMap({ writers: [["put"], ["delete"]], readers, before: [2, 3], ...more }));
  assertKept(exploreMap({ writers: [["clear"], ["put"]], readers, before: [1, 3], ...more }));
  assertKept(
    exploreMap({ writers: [["delete", "put"], ["put"]], readers: [[1]], before: [1], ...more }),
  );
});

test("in every schedule, two updaters lose nothing; three neither, with one preemption", () => {
  assertProven(exploreMap({ writers: [], updaters: [1, 1], before: [9], entries: 3 }));
  assertKept(
    exploreMap({ writers: [], updaters: [1, 1, 1], before: [9], entries: 4, preemptions: 1 }),
  );
});

test("in every schedule with a death, a reader sees what there was, and nothing is left behind", () => {
  assertProven(
    exploreMap({ writers: [["put"]], readers: [[1]], before: [1], entries: 4, deaths: 1 }),
  );
});

test("two writers survive a death, with up to two preemptions", () => {
  const more = { deaths: 1, preemptions: 2, entries: 4 };
  assertKept(exploreMap({ writers: [["put"], ["put"]], before: [1], ...more }));
  const around = { ...more, before: [1, 3], capacity: 4, preemptions: 1 };
  assertKept(exploreMap({ writers: [["delete"], ["put"]], readers: [[1]], ...around }));
});

test("tables that are exchanged survive a death, with up to one preemption", () => {
  const more = { deaths: 1, next: 6, preemptions: 1, entries: 5 };
  assertKept(exploreMap({ writers: [["put"], ["put"]], before: [3], ...more }));
  assertKept(exploreMap({ writers: [["clear"], ["put"]], before: [1, 3], ...more }));
  assertKept(exploreMap({ writers: [["delete", "put"]], before: [1], ...more }));
});

test("two writers survive two deaths, also of who repairs, with up to one preemption", () => {
  const more = { deaths: 2, preemptions: 1, entries: 5 };
  assertKept(
    exploreMap({ writers: [["put"], ["delete"]], before: [1, 2], capacity: 5, ...more }),
  );
  assertKept(exploreMap({ writers: [["clear"]], before: [1, 2], capacity: 5, ...more }));
});

test("two updaters survive a death, and lose at most the addition of the dead one", () => {
  assertKept(
    exploreMap({
      writers: [],
      updaters: [1, 1],
      before: [9],
      entries: 4,
      deaths: 1,
      preemptions: 1,
    }),
  );
});

const reused = { writers: [["put"], ["put"]], readers: [[1]], before: [1], entries: 2 } as const;

test("found: a reader that does not look at the version again", () => {
  assertFound(exploreMap({ ...reused, plantInReaders: looksOnce }), /is what there was/);
});

test("found: a version that grows before the moment of the change", () => {
  assertFound(exploreMap({ ...reused, plant: growsFirst }), /is what there was/);
});

test("found: a version that grows after something was freed", () => {
  assertFound(exploreMap({ ...reused, plant: growsLast }), /is what there was/);
});

test("found: a lock that is taken over without a repair", () => {
  assertFound(
    exploreMap({ writers: [["put"]], before: [1], entries: 3, deaths: 1, plant: repairsNothing }),
    /is named/,
  );
});

test("found: an entry that becomes the map's after it was published", () => {
  assertFound(
    exploreMap({ writers: [["put"]], before: [], entries: 3, deaths: 1, plant: givesLate }),
    /is named/,
  );
});

test("found: entries that cannot be told from those before", () => {
  assertFound(
    exploreMap({
      writers: [],
      updaters: [2, 1],
      before: [9],
      entries: 3,
      plant: stampsAlike,
      preemptions: 2,
    }),
    /is lost/,
  );
});

test("found: a lock that is taken over from the living", () => {
  assertFound(
    exploreMap({ writers: [["put"], ["put"]], before: [], entries: 3, plant: believesInDeath }),
    /is named|frees|gives|is free|last value/,
  );
});
