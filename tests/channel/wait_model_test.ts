import { Frontier } from "../../src/channel/frontier.ts";
import { MARK } from "../../src/channel/position.ts";
import { test } from "../support/harness.ts";
import { assertFound, assertKept, assertProven } from "../model/verdict.ts";
import type { Process } from "../model/parking/process.ts";
import { SUBJECT } from "../model/parking/region.ts";
import { exploreWaits } from "./model/wait_model.ts";

test("in every schedule, two takers that sleep both get what is put", () => {
  assertProven(exploreWaits({ takers: ["sync", "sync"], putters: [["sync", 2]] }));
  assertKept(
    exploreWaits({ takers: ["sync", "async"], putters: [["sync", 2]], preemptions: 3 }),
  );
});

test("in every schedule, putters that sleep go on when there is room", () => {
  assertProven(
    exploreWaits({ takers: ["sync"], putters: [["sync", 1], ["async", 1]], capacity: 1 }),
  );
});

test("in every schedule, everybody who sleeps hears that the channel is closed", () => {
  assertProven(
    exploreWaits({ takers: [], putters: [["sync", 2], ["async", 1]], capacity: 1, closes: true }),
  );
  assertProven(exploreWaits({ takers: ["sync", "async"], putters: [], closes: true }));
});

test("in every schedule, a taker that gives up leaves nobody asleep", () => {
  assertProven(
    exploreWaits({
      takers: ["async", "sync"],
      putters: [["sync", 1]],
      deadline: 50,
      timeouts: 1,
    }),
  );
});

test("nobody sleeps on after the death of another, with up to two preemptions", () => {
  for (const takers of [["sync", "sync"], ["sync", "async"]] as const) {
    assertKept(exploreWaits({ takers, putters: [["sync", 1]], deaths: 1, preemptions: 2 }));
  }
  assertKept(
    exploreWaits({
      takers: ["sync"],
      putters: [["sync", 1], ["async", 1]],
      capacity: 1,
      deaths: 1,
      preemptions: 2,
    }),
  );
});

const twoTakers = { takers: ["sync", "sync"], putters: [["sync", 2]] } as const;

test("found: a thread that was woken and does not wake the next", () => {
  const plant = (frontier: Frontier) => void Object.assign(frontier, { passTakersOn() {} });
  assertFound(exploreWaits({ ...twoTakers, plant }), /nobody waits for a message/);
});

test("found: a taker that sleeps without its mark", () => {
  const plant = (frontier: Frontier, { words }: Process) => {
    const announceTaker = () => {
      const expected = Frontier.prototype.announceTaker.call(frontier);
      words.and(SUBJECT, ~MARK);
      return expected === undefined ? undefined : expected & ~MARK;
    };
    Object.assign(frontier, { announceTaker });
  };
  assertFound(exploreWaits({ ...twoTakers, plant }), /nobody waits for a message/);
});

test("found: a put that wakes nobody", () => {
  const plant = (frontier: Frontier) => void Object.assign(frontier, { wakeTakers() {} });
  assertFound(exploreWaits({ ...twoTakers, plant }), /nobody waits for a message/);
});

test("found: a close that does not tell those who wait for room", () => {
  const plant = (frontier: Frontier) => void Object.assign(frontier, { tellClosed() {} });
  assertFound(
    exploreWaits({ takers: [], putters: [["sync", 2]], capacity: 1, closes: true, plant }),
    /nobody waits when it is closed/,
  );
});
