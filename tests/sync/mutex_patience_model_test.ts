import { Mutex } from "../../src/sync/mutex.ts";
import { assertFound, assertKept, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import { exploreMutex } from "./model/mutex_model.ts";

const inTime = { isOver: false };

test("in every schedule, who gives up a wait for a lock takes no wake and no turn along", () => {
  assertProven(exploreMutex({ users: 2, patience: 50, timeouts: 2 }));
  assertProven(exploreMutex({ users: 3, patience: 50, timeouts: 1, ways: inTime }));
  assertKept(exploreMutex({ users: 3, patience: 50, timeouts: 1, preemptions: 2 }));
});

test("found: one that gives up its wait and keeps its turn", () => {
  class Stubborn extends Mutex {
    override withdraw(): void {}
  }
  const mutex = (...args: ConstructorParameters<typeof Mutex>) => new Stubborn(...args);
  assertFound(exploreMutex({ users: 3, patience: 50, timeouts: 1, mutex }), /deadlock/);
});
