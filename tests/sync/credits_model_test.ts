import type { OwnerId } from "../../src/memory/owner_id.ts";
import { Credits, type Wait } from "../../src/sync/credits.ts";
import { assertFound, assertKept, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import { exploreCredits } from "./model/credits_model.ts";

test("in every schedule, as many waits as are notified come back", () => {
  assertProven(exploreCredits({ waiters: 2, items: 1 }));
  assertProven(exploreCredits({ waiters: 2, items: 2 }));
  assertProven(exploreCredits({ waiters: 2, items: 2, all: true }));
  assertKept(exploreCredits({ waiters: 3, items: 2, preemptions: 1 }));
});

test("in every schedule, waits that return for no reason, or give up, lose no notification", () => {
  assertProven(exploreCredits({ waiters: 2, items: 1, spurious: 1 }));
  assertProven(exploreCredits({ waiters: 2, items: 1, patience: 50, timeouts: 1 }));
});

test("with two preemptions and a death anywhere, no notification is lost", () => {
  for (const bury of ["first", "last"] as const) {
    assertKept(exploreCredits({ waiters: 2, items: 1, deaths: 1, bury, preemptions: 2 }));
  }
  assertKept(
    exploreCredits({
      waiters: 2,
      items: 1,
      deaths: 1,
      patience: 50,
      timeouts: 1,
      preemptions: 1,
    }),
  );
});

test("found: a recovery that loses what the dead one was notified of", () => {
  class Careless extends Credits {
    override bury(_dead: OwnerId): void {}
  }
  const credits = (...args: ConstructorParameters<typeof Credits>) => new Careless(...args);
  assertFound(
    exploreCredits({ waiters: 2, items: 1, deaths: 1, preemptions: 1, credits }),
    /nobody waits/,
  );
});

test("found: a wait that does not look again before it sleeps", () => {
  const credits = (...[party, at, lock]: ConstructorParameters<typeof Credits>) => {
    class Hasty extends Credits {
      override begin(what: string): Wait {
        const { waitable, end } = super.begin(what);
        const announce = () => party.words.load(waitable.at);
        return { waitable: { ...waitable, announce }, end };
      }
    }
    return new Hasty(party, at, lock);
  };
  assertFound(exploreCredits({ waiters: 1, items: 1, credits }), /nobody waits/);
});
