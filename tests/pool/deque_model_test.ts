import { SUBMITTER } from "../../src/tasks/layout.ts";
import { assertFound, assertKept, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import { type Act, exploreDeque } from "./model/deque_model.ts";
import { blockAt } from "./model/ground.ts";

const put = (...tasks: number[]): Act[] => tasks.map((task) => ({ put: task }));

test("in every schedule, an owner who puts and two thieves lose and double nothing", () => {
  assertProven(exploreDeque({ acts: put(0, 1), thieves: [1, 1] }));
});

test("in every schedule, what the owner takes back no thief has", () => {
  assertProven(exploreDeque({ acts: [...put(0, 1), "take"], thieves: [1, 1] }));
  assertProven(exploreDeque({ acts: [...put(0), "take", ...put(1)], thieves: [1, 1] }));
  assertProven(exploreDeque({ acts: [...put(0, 1), "take", "take"], thieves: [1] }));
});

test("in every schedule, withdrawn tasks are skipped, by whoever comes", () => {
  const acts: Act[] = [...put(0, 1), { withdraw: 0 }, "skip"];
  assertProven(exploreDeque({ acts, thieves: [1, 1] }));
});

test("in every schedule, a record that is used again while a thief looks at it is not lost", () => {
  const acts: Act[] = [...put(0), "take", { reuse: 0 }, ...put(0)];
  assertProven(exploreDeque({ acts, thieves: [1, 1] }));
});

test("in every schedule, the death of a thief loses nothing but what it has claimed", () => {
  assertProven(exploreDeque({ acts: put(0, 1), thieves: [1, 1], deaths: 1 }));
  assertKept(
    exploreDeque({ acts: [...put(0, 1), "take"], thieves: [1, 1], deaths: 1, preemptions: 3 }),
  );
});

test("a queue of two cells that is full, and goes around, loses and doubles nothing", () => {
  assertProven(exploreDeque({ acts: put(0, 1, 2), thieves: [2], cells: 2 }));
  assertKept(exploreDeque({ acts: put(0, 1, 2), thieves: [1, 1], cells: 2, preemptions: 4 }));
  assertProven(exploreDeque({ acts: [...put(0, 1, 2), "take"], thieves: [1], cells: 2 }));
});

test("in every schedule, withdrawn tasks make room in a queue that is full", () => {
  const acts: Act[] = [...put(0, 1), { withdraw: 0 }, ...put(2)];
  assertProven(exploreDeque({ acts, thieves: [1], cells: 2 }));
});

test("with a death and up to three preemptions, a full queue loses nothing but what the dead had claimed", () => {
  assertKept(
    exploreDeque({ acts: put(0, 1, 2), thieves: [1, 1], cells: 2, deaths: 1, preemptions: 3 }),
  );
});

test("found: an owner who takes a full queue for emptier than it is", () => {
  const head = blockAt(0) + SUBMITTER.head;
  const report = exploreDeque({
    acts: put(0, 1, 2),
    thieves: [1],
    cells: 2,
    plant: (memory, who) => {
      if (who !== 0) return memory;
      const { words } = memory;
      const load: typeof words.load = (at) => words.load(at) + (at === head ? 1 : 0);
      return { ...memory, words: { ...words, load } };
    },
  });
  assertFound(report, /every task that is queued/);
});

test("found: an owner who takes the last one of all and leaves the tail where that was", () => {
  const tail = blockAt(0) + SUBMITTER.tail;
  const report = exploreDeque({
    acts: [...put(0), "take", ...put(1)],
    thieves: [1, 1],
    plant: (memory, who) => {
      if (who !== 0) return memory;
      let stores = 0;
      const { words } = memory;
      const store: typeof words.store = (at, value) => {
        if (at !== tail || ++stores !== 3) words.store(at, value);
      };
      return { ...memory, words: { ...words, store } };
    },
  });
  assertFound(report, /every task that is queued/);
});

test("found: a thief that moves the head before it claims, and dies between", () => {
  const head = blockAt(0) + SUBMITTER.head;
  const report = exploreDeque({
    acts: put(0, 1),
    thieves: [1, 1],
    deaths: 1,
    plant: (memory, who) => {
      if (who === 0) return memory;
      const { words } = memory;
      let seen = 0;
      return {
        ...memory,
        words: {
          ...words,
          load: (at) => at === head ? seen = words.load(at) : words.load(at),
          compareExchange(at, expected, value) {
            if (at === head) return expected;
            // The claim: after the head.
            words.compareExchange(head, seen, seen + 1);
            return words.compareExchange(at, expected, value);
          },
        },
      };
    },
  });
  assertFound(report, /every task that is queued/);
});
