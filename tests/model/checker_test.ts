import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { test } from "../support/harness.ts";
import { explore, type Program, type Report, table, type Verbs } from "./explore.ts";

const HOLDS = "holds";
const oneHolder = {
  "at most one holds": (state: { noting(text: string): readonly number[] }) =>
    state.noting(HOLDS).length <= 1,
};

function named(programs: readonly (Program | Program[])[]) {
  return programs.map((run, index) => ({ name: "ABCDEF"[index], run }));
}

/** Asserts that a violation was found, and returns its trace. */
function traceOf(report: Report, fact: RegExp): string {
  assert(report.violation !== undefined, "no violation was found");
  assertMatch(report.violation.fact, fact);
  return report.violation.trace.join("\n");
}

function assertProven(report: Report): void {
  assertEquals(report.violation?.fact, undefined);
  assert(report.complete, `the search was cut: ${report.cut}`);
}

test("the checker finds a lost update, and tells it with one preemption", () => {
  const words = table({ count: 0 });
  const increment: Program = ({ words: w }) => w.store(0, w.load(0) + 1);
  const report = explore({
    words,
    participants: named([increment, increment]),
    outcomes: { "both are counted": (state) => state.word(0) === 2 },
  });
  assertEquals(traceOf(report, /both are counted/).split("\n"), [
    "  1  A  count is 0",
    "  2  B  count is 0",
    "  3  B  count := 1",
    "  4  A  count := 1",
    "     at the end: count = 1",
  ]);
});

test("the checker proves an atomic increment", () => {
  const increment: Program = ({ words }) => void words.add(0, 1);
  const report = explore({
    words: table({ count: 0 }),
    participants: named([increment, increment, increment]),
    outcomes: { "all are counted": (state) => state.word(0) === 3 },
  });
  assertProven(report);
  assertEquals(report.states, 8);
});

/** A futex mutex of three states (Drepper, "Futexes are tricky", 2nd mutex). */
const FREE = 0, HELD = 1, CONTENDED = 2;

function acquire({ words, kernel }: Verbs, at: number): void {
  if (words.compareExchange(at, FREE, HELD) === FREE) return;
  while (words.exchange(at, CONTENDED) !== FREE) kernel.wait(at, CONTENDED, Infinity);
}

function release({ words, kernel }: Verbs, at: number): void {
  if (words.exchange(at, FREE) === CONTENDED) kernel.wake(at, 1);
}

function holding(verbs: Verbs): void {
  verbs.note(HOLDS);
  verbs.pause();
  verbs.note("");
}

const guarded: Program = (verbs) => {
  acquire(verbs, 0);
  holding(verbs);
  release(verbs, 0);
};

test("the checker proves a futex mutex with three participants", () => {
  const report = explore({
    words: table({ lock: FREE }),
    participants: named([guarded, guarded, guarded]),
    invariants: oneHolder,
    outcomes: { "the lock is free": (state) => state.word(0) === FREE },
    spurious: 2,
  });
  assertProven(report);
});

/** After a wait it takes the lock as if nobody else waited. */
const forgetful: Program = (verbs) => {
  const { words, kernel } = verbs;
  while (words.compareExchange(0, FREE, HELD) !== FREE) {
    words.compareExchange(0, HELD, CONTENDED);
    kernel.wait(0, CONTENDED, Infinity);
  }
  holding(verbs);
  release(verbs, 0);
};

test("the checker finds a wake-up that is lost when three share a mutex", () => {
  const report = explore({
    words: table({ lock: FREE }),
    participants: named([forgetful, forgetful, forgetful]),
    invariants: oneHolder,
  });
  assertMatch(traceOf(report, /deadlock: [ABC] can never go on/), /wakes 1 on lock/);
});

test("two participants cannot show that lost wake-up", () => {
  const report = explore({
    words: table({ lock: FREE }),
    participants: named([forgetful, forgetful]),
    invariants: oneHolder,
  });
  assertProven(report);
});

test("the checker finds the deadlock of two locks that are taken in opposite order", () => {
  const both = (first: number, second: number): Program => (verbs) => {
    acquire(verbs, first);
    acquire(verbs, second);
    release(verbs, second);
    release(verbs, first);
  };
  const words = table({ left: FREE, right: FREE });
  const opposite = explore({ words, participants: named([both(0, 1), both(1, 0)]) });
  traceOf(opposite, /deadlock: A, B can never go on/);
  assertProven(explore({ words, participants: named([both(0, 1), both(0, 1)]) }));
});

test("a death while holding leaves the others stuck", () => {
  const report = explore({
    words: table({ lock: FREE }),
    participants: named([guarded, guarded, guarded]),
    deaths: 1,
  });
  assertMatch(traceOf(report, /deadlock/), /B {2}DIES/);
});

test("the immortal do not die", () => {
  const report = explore({
    words: table({ lock: FREE }),
    participants: named([guarded, guarded]).map((each) => ({ ...each, mortal: false })),
    deaths: 1,
  });
  assertProven(report);
});

test("a spurious return shows `if` where it should be `while`", () => {
  const hasty: Program = (verbs) => {
    const { words, kernel } = verbs;
    if (words.exchange(0, CONTENDED) !== FREE) kernel.wait(0, CONTENDED, Infinity);
    holding(verbs);
    release(verbs, 0);
  };
  const model = {
    words: table({ lock: FREE }),
    participants: named([guarded, hasty]),
    invariants: oneHolder,
  };
  const report = explore({ ...model, spurious: 1 });
  assertMatch(traceOf(report, /at most one holds/), /B {2}returns for no reason, asleep on lock/);
});

test("a recoverer starts after a death, may die too, and another finishes its work", () => {
  const words = table({ lock: FREE, recovered: 0 });
  const holder: Program = (verbs) => {
    acquire(verbs, words.at.lock);
    release(verbs, words.at.lock);
  };
  const recover: Program = (verbs) => {
    const { words: w, kernel } = verbs;
    if (!verbs.alive(0)) w.store(words.at.lock, FREE);
    kernel.wake(words.at.lock, Infinity);
    w.store(words.at.recovered, 1);
  };
  const model = (recoverers: number) => ({
    words,
    participants: [
      { name: "holder", run: holder },
      ...Array.from({ length: recoverers }, (_, index) => ({
        name: `recoverer ${index + 1}`,
        run: recover,
        startsAfter: index + 1,
      })),
    ],
    outcomes: {
      "a death is recovered from": (state: { deaths: number; word(at: number): number }) =>
        state.deaths === 0 || state.word(words.at.recovered) === 1,
    },
  });
  assertProven(explore({ ...model(1), deaths: 1 }));
  assertProven(explore({ ...model(2), deaths: 2 }));
  traceOf(explore({ ...model(1), deaths: 2 }), /a death is recovered from/);
});

test("a bell that was rung before is heard", () => {
  const report = explore({
    words: table({ rung: 0 }),
    participants: named([
      (verbs) => verbs.hear(),
      (verbs) => verbs.ring(0),
    ]),
  });
  assertProven(report);
});

test("nobody hears a bell that nobody rings", () => {
  const deaf = (patience: number): Program => (verbs) => {
    const heard = verbs.hear(patience);
    verbs.assert(!heard && verbs.elapsed() === 50, "heard something");
  };
  const words = table({ unused: 0 });
  traceOf(explore({ words, participants: named([deaf(Infinity)]) }), /deadlock: A/);
  assertProven(explore({ words, participants: named([deaf(50)]) }));
});

test("only by patience does a timeout rescue a lost wake-up", () => {
  const words = table({ flag: 0 });
  const participants = named([
    ({ words: w, kernel }) => {
      while (w.load(0) === 0) kernel.wait(0, 0, 100);
    },
    ({ words: w }) => w.store(0, 1),
  ]);
  assertProven(explore({ words, participants }));
  traceOf(explore({ words, participants, patience: false }), /deadlock: A/);
});

test("a participant that polls for ever is a livelock", () => {
  const participants = named([({ words, kernel }) => {
    while (words.load(0) === 0) kernel.wait(0, 0, 10);
  }]);
  traceOf(explore({ words: table({ flag: 0 }), participants }), /livelock: A/);
});

test("a timeout in the instant of a hand-over is tried", () => {
  const words = table({ flag: 0 });
  const waiter: Program = ({ words: w, kernel, elapsed, assert }) => {
    kernel.wait(0, 0, 10);
    assert(elapsed() === 0 || w.load(0) === 0, "it gave up when it could have gone on");
  };
  const setter: Program = ({ words: w, kernel }) => {
    w.store(0, 1);
    kernel.wake(0, 1);
  };
  const model = { words, participants: named([waiter, setter]) };
  assertProven(explore(model));
  traceOf(explore({ ...model, timeouts: 1 }), /it gave up/);
});

test("choose() tries all, and a note is seen by the invariants", () => {
  const words = table({ chosen: 0 });
  const participants = named([(verbs) => {
    verbs.words.store(0, verbs.choose(5));
    verbs.note("chosen");
  }]);
  const invariants = {
    "never four": (state: { note(who: number): string; word(at: number): number }) =>
      state.note(0) !== "chosen" || state.word(0) !== 4,
  };
  assertMatch(
    traceOf(explore({ words, participants, invariants }), /never four/),
    /chooses 4 of 5/,
  );
});

test("a `finally` does nothing while a participant is suspended", () => {
  const tidy: Program = ({ words }) => {
    try {
      words.add(0, 1);
      words.load(0);
    } finally {
      words.add(0, 1);
    }
  };
  const report = explore({
    words: table({ count: 0 }),
    participants: named([tidy, tidy]),
    outcomes: { "all are counted": (state) => state.word(0) === 4 },
  });
  assertProven(report);
});

test("an error of a participant is a violation", () => {
  const participants = named([() => {
    throw new RangeError("out of cheese");
  }]);
  traceOf(explore({ words: table({}), participants }), /A: threw RangeError: out of cheese/);
});

test("a participant with a memory of its own is found out", () => {
  let calls = 0;
  const participants = named([({ words }) => {
    words.load(calls++ % 2);
    words.load(0);
  }]);
  traceOf(explore({ words: table({ a: 0, b: 0 }), participants }), /is not deterministic/);
});

test("a bound on preemptions cuts the search, and says so", () => {
  const model = {
    words: table({ lock: FREE }),
    participants: named([[guarded, guarded], [guarded, guarded], guarded]),
    invariants: oneHolder,
  };
  const bounded = explore({ ...model, preemptions: 1 });
  assertEquals([bounded.violation, bounded.complete, bounded.cut], [
    undefined,
    false,
    "preemptions",
  ]);
  const all = explore(model);
  assertProven(all);
  assert(bounded.states < all.states);
});

test("a search that is too large says so", () => {
  const report = explore({
    words: table({ lock: FREE }),
    participants: named([guarded, guarded, guarded]),
    maxStates: 100,
  });
  assertEquals([report.complete, report.cut], [false, "states"]);
});

test("a participant that forgets over its waits has fewer states, and the same faults", () => {
  const model = (run: Program, forgets: boolean) => ({
    words: table({ lock: FREE }),
    participants: named([run, run, run]).map((each) => ({ ...each, forgets })),
    invariants: oneHolder,
  });
  const remembering = explore(model(guarded, false));
  const forgetting = explore(model(guarded, true));
  assertProven(remembering);
  assertProven(forgetting);
  assert(forgetting.states < remembering.states);
  traceOf(explore(model(forgetful, true)), /deadlock: [ABC] can never go on/);
});

test("a participant that forgets may be woken for no reason any number of times", () => {
  const participants = named([guarded, guarded]).map((each) => ({ ...each, forgets: true }));
  assertProven(explore({ words: table({ lock: FREE }), participants, spurious: 100 }));
});

test("a participant that remembers something over a wait is found out", () => {
  const counting: Program = ({ words, kernel }) => {
    for (let i = 0; i < 3 && words.load(0) === 0; i++) kernel.wait(0, 0, Infinity);
  };
  const setting: Program = ({ words, kernel }) => {
    words.store(0, 1);
    kernel.wake(0, 1);
  };
  const participants = named([counting, setting])
    .map((each) => ({ ...each, forgets: true }));
  assertThrows(
    () => explore({ words: table({ flag: 0 }), participants, spurious: 5 }),
    Error,
    "remembers something over a wait",
  );
});

test("words that only one participant touches cost no interleaving, unless an invariant reads them", () => {
  const words = table({ own: [0, 0, 0], shared: 0 });
  const counting = (me: number): Program => ({ words: w }) => {
    for (let i = 0; i < 5; i++) w.add(words.at.own[me], 1);
    w.add(words.at.shared, 1);
  };
  const participants = named([counting(0), counting(1), counting(2)]);
  const blind = explore({ words, participants });
  assertProven(blind);
  assertEquals(blind.states, 15 + 8);
  const counted = explore({
    words,
    participants,
    invariants: { "the others wait for the first": (state) => state.word(1) <= state.word(0) },
  });
  traceOf(counted, /the others wait for the first/);
});

test("a word that turns out to be shared is searched as such", () => {
  const words = table({ turn: 0, late: 0 });
  const report = explore({
    words,
    participants: named([
      ({ words: w }) => {
        w.store(words.at.late, 1);
        w.store(words.at.turn, 1);
        w.store(words.at.late, 2);
      },
      (verbs) => {
        if (verbs.words.load(words.at.turn) === 0) return;
        verbs.assert(verbs.words.load(words.at.late) !== 1, "saw 1");
      },
    ]),
  });
  traceOf(report, /saw 1/);
});
