import type { OwnerId } from "../../src/memory/owner_id.ts";
import { Mutex, type Taken } from "../../src/sync/mutex.ts";
import { assertFound, assertKept, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import { exploreMutex } from "./model/mutex_model.ts";

const inTime = { isOver: false };
const late = { isOver: true };

test("in every schedule with a death anywhere, a lock passes on, and the next holder is told", () => {
  assertProven(exploreMutex({ users: 2, deaths: 2 }));
  assertProven(exploreMutex({ users: 3, deaths: 1, ways: inTime }));
  assertKept(exploreMutex({ users: 3, deaths: 1, preemptions: 2 }));
});

test("with two preemptions, a death and a wait that is given up do not add up to a loss", () => {
  assertProven(exploreMutex({ users: 2, deaths: 1, patience: 50, timeouts: 1 }));
  assertKept(
    exploreMutex({ users: 3, deaths: 1, patience: 50, timeouts: 1, preemptions: 2, ways: late }),
  );
});

test("found: a recovery that leaves the lock as it is", () => {
  class Unburied extends Mutex {
    override bury(_dead: OwnerId): void {}
  }
  const mutex = (...args: ConstructorParameters<typeof Mutex>) => new Unburied(...args);
  assertFound(exploreMutex({ users: 2, deaths: 1, mutex }), /deadlock/);
});

test("found: a lock of the dead that is taken as if it had been released", () => {
  class Discreet extends Mutex {
    override take(mark: number, untouched?: number): Taken | undefined {
      return super.take(mark, untouched) && "taken";
    }
  }
  const mutex = (...args: ConstructorParameters<typeof Mutex>) => new Discreet(...args);
  assertFound(exploreMutex({ users: 2, deaths: 1, mutex }), /is told/);
});
