import { Mutex, type Taken } from "../../src/sync/mutex.ts";
import { assertFound, assertKept, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import { exploreMutex } from "./model/mutex_model.ts";

const inTime = { isOver: false };

test("in every schedule, three get a lock in turn, whether turns are given, taken or lapse", () => {
  assertProven(exploreMutex({ users: 3 }));
});

test("in every schedule, waits that return for no reason do no harm", () => {
  assertProven(exploreMutex({ users: 3, spurious: 2, ways: inTime }));
  assertProven(exploreMutex({ users: 2, spurious: 4 }));
});

test("with three preemptions, a lock that is taken again and again passes on", () => {
  assertKept(exploreMutex({ users: 3, rounds: 2, preemptions: 3 }));
});

test("found: a lock that is taken after a wait as if nobody else waited", () => {
  class Forgetful extends Mutex {
    override take(_mark: number, untouched?: number): Taken | undefined {
      return super.take(0, untouched);
    }
  }
  const mutex = (...args: ConstructorParameters<typeof Mutex>) => new Forgetful(...args);
  assertFound(exploreMutex({ users: 3, mutex }), /deadlock/);
  assertProven(exploreMutex({ users: 2, mutex, ways: inTime }));
});
