import { test } from "../../support/harness.ts";
import { explore, type Program, type Report } from "../explore.ts";
import { assertFound, assertProven } from "../verdict.ts";
import { occurrence, setEvent } from "./event_model.ts";
import { ARM_LAST, BELL_FIRST, type Plant } from "./plants.ts";
import { Process } from "./process.ts";
import { Region, SECOND, SUBJECT } from "./region.ts";

/** One process waits for two events in different rooms, and two others set one each. */
function exploreBell(plant?: Plant): Report {
  const region = new Region(3);
  const wait: Program = (verbs) => {
    const process = new Process(verbs, region, 0, plant);
    const both = [SUBJECT, SECOND].map((at) => occurrence(process.words, false, at));
    process.waitForAll(both, Infinity);
  };
  const set = (slot: number, at: number): Program => (verbs) => {
    const process = new Process(verbs, region, slot, plant);
    process.run(() => setEvent(process, undefined, at));
  };
  return explore({
    words: region.table,
    participants: [
      { name: "waiter", run: wait },
      { name: "first", run: set(1, SUBJECT) },
      { name: "second", run: set(2, SECOND) },
    ],
    patience: false,
    spurious: 1,
  });
}

test("in every schedule, a process with waits in two rooms hears of both", () => {
  assertProven(exploreBell());
});

test("found: a ringer that exchanges the bell before it says why", () => {
  assertFound(exploreBell(BELL_FIRST), /deadlock: waiter/);
});

test("found: a process that looks for rung rooms before it arms its bell", () => {
  assertFound(exploreBell(ARM_LAST), /deadlock: waiter/);
});
