import type { OwnerId } from "../../src/memory/owner_id.ts";
import type { Taken } from "../../src/sync/mutex.ts";
import { Permits } from "../../src/sync/permits.ts";
import { assertFound, assertKept, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import { explorePermits } from "./model/permits_model.ts";

type Arguments = ConstructorParameters<typeof Permits>;

const inTime = { isOver: false };
const late = { isOver: true };

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
