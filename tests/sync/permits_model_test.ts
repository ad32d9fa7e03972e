import { type OwnerId, slotOf } from "../../src/memory/owner_id.ts";
import type { WordIndex } from "../../src/memory/words.ts";
import type { Taken } from "../../src/sync/mutex.ts";
import { PERMITS, Permits, type Returned } from "../../src/sync/permits.ts";
import { assertFound, assertKept, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import { explorePermits } from "./model/permits_model.ts";

type Arguments = ConstructorParameters<typeof Permits>;

const inTime = { isOver: false };
const late = { isOver: true };
/** Two that give theirs back to two that never do. */
const signals = { users: 4, having: 2, keeping: 2, permits: 2, ways: inTime };

test("in every schedule of two, a permit passes on, whether turns are given, taken or lapse", () => {
  assertProven(explorePermits({ users: 2 }));
  assertProven(explorePermits({ users: 2, spurious: 1, ways: inTime }));
  assertProven(explorePermits({ users: 2, patience: 50, timeouts: 1, ways: inTime }));
});

test("with three preemptions, three share one permit, or two", () => {
  assertKept(explorePermits({ users: 3, preemptions: 3 }));
  assertKept(explorePermits({ users: 3, permits: 2, preemptions: 3 }));
  assertKept(explorePermits({ users: 3, permits: 2, spurious: 1, preemptions: 2, ways: inTime }));
});

test("with two preemptions, who gives up takes no wake and no turn along", () => {
  assertKept(explorePermits({ users: 3, patience: 50, timeouts: 1, preemptions: 2 }));
  assertKept(
    explorePermits({ users: 3, permits: 2, patience: 50, timeouts: 1, preemptions: 2, ways: late }),
  );
});

test("with two preemptions and a death anywhere, no permit is lost or invented", () => {
  assertKept(explorePermits({ users: 3, deaths: 1, preemptions: 2, ways: inTime }));
  assertKept(explorePermits({ users: 3, permits: 2, deaths: 1, preemptions: 1 }));
  assertKept(explorePermits({ users: 2, deaths: 2, preemptions: 1, ways: inTime }));
});

test("with two preemptions, who keeps a permit at hand takes it again, or another does", () => {
  const twice = { rounds: 2, preemptions: 2, ways: inTime };
  assertKept(explorePermits({ ...twice, users: 2, preemptions: 3 }));
  assertKept(explorePermits({ ...twice, users: 3 }));
  assertKept(explorePermits({ ...twice, users: 3, permits: 2 }));
  assertKept(explorePermits({ ...twice, users: 2, deaths: 1 }));
  assertKept(explorePermits({ ...signals, preemptions: 2 }));
  assertKept(explorePermits({ ...signals, preemptions: 1, deaths: 1 }));
});

test("found: one that lays a permit to its hand and looks for no mark", () => {
  const make = (...[party, at, line]: Arguments) => {
    const { words } = party;
    let isReleasing = false;
    const load = (word: WordIndex) =>
      isReleasing && word === at + PERMITS.notice ? 0 : words.load(word);
    class Deaf extends Permits {
      override release(...args: Parameters<Permits["release"]>): Returned {
        isReleasing = true;
        try {
          return super.release(...args);
        } finally {
          isReleasing = false;
        }
      }
    }
    return new Deaf({ ...party, words: { ...words, load } }, at, line);
  };
  assertFound(explorePermits({ users: 2, preemptions: 2, make, ways: inTime }), /deadlock/);
});

test("found: one that has waited, leaves the mark, and does not look at others' hands", () => {
  const make = (...[party, at, line]: Arguments) => {
    const { words } = party;
    let isMarked = false;
    class Blind extends Permits {
      override take(announced: boolean): Taken | undefined {
        isMarked = false;
        const taken = super.take(announced);
        isMarked = false;
        return taken;
      }
    }
    const or = (word: WordIndex, value: number) => {
      const before = words.or(word, value);
      isMarked = word === at + PERMITS.notice;
      return before;
    };
    const load = (word: WordIndex) => isMarked && word >= at + PERMITS.held ? 0 : words.load(word);
    return new Blind({ ...party, words: { ...words, or, load } }, at, line);
  };
  assertFound(explorePermits({ ...signals, preemptions: 2, make }), /deadlock/);
});

test("found: a recovery that counts who is to be told, and then what the dead one had", () => {
  const make = (...[party, at, line]: Arguments) => {
    const { words } = party;
    const load = (word: WordIndex) => word === at + PERMITS.bookedFor ? 0 : words.load(word);
    const store = (word: WordIndex, value: number) => {
      if (word !== at + PERMITS.bookedFor) return words.store(word, value);
      if (value === 0) return;
      // Who takes one does it the other way round.
      if (value === party.self) {
        words.store(at + PERMITS.held + slotOf(value), words.load(at + PERMITS.bookedHeld));
      }
      words.store(at + PERMITS.abandoned, words.load(at + PERMITS.bookedAbandoned));
      words.store(at + PERMITS.held + slotOf(value), words.load(at + PERMITS.bookedHeld));
    };
    return new Permits({ ...party, words: { ...words, load, store } }, at, line);
  };
  assertFound(
    explorePermits({ users: 2, deaths: 2, preemptions: 2, make, ways: inTime }),
    /no more are told/,
  );
});

test("found: a recovery that leaves the permits with the dead", () => {
  class Unburied extends Permits {
    override bury(_dead: OwnerId): void {}
  }
  const make = (...args: Arguments) => new Unburied(...args);
  assertFound(explorePermits({ users: 2, deaths: 1, preemptions: 1, make }), /deadlock|permits/);
});

test("found: a permit that is taken after a wait as if nobody else waited", () => {
  class Forgetful extends Permits {
    override take(_announced: boolean): Taken | undefined {
      return super.take(false);
    }
  }
  const make = (...args: Arguments) => new Forgetful(...args);
  assertFound(explorePermits({ users: 3, preemptions: 2, make, ways: inTime }), /deadlock/);
});

test("found: one that gives up its wait and keeps its turn", () => {
  class Stubborn extends Permits {
    override withdraw(): void {}
  }
  const make = (...args: Arguments) => new Stubborn(...args);
  assertFound(
    explorePermits({ users: 3, patience: 50, timeouts: 1, preemptions: 2, make }),
    /deadlock|permits/,
  );
});
