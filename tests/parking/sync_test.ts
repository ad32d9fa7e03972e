import { assert, assertEquals, assertThrows } from "@std/assert";
import { TimeoutError } from "../../mod.ts";
import { SLOT, slotOfOwner } from "../../src/owner/slot.ts";
import { member } from "../../src/parking/member.ts";
import type { Waitable } from "../../src/parking/waitable.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";
import { dieAtOnce, Virtual, Word } from "./virtual.ts";

const ann = new Virtual();
const ben = new Virtual();

/** Waits for something that comes after so many attempts. */
function afterAttempts(word: Word, count: number, more: Partial<Waitable<number>> = {}) {
  let attempts = 0;
  const waitable: Waitable<number> = {
    at: word.at,
    what: "an attempt",
    attempt: () => ++attempts >= count ? attempts : undefined,
    announce: () => member().heap.words.load(word.at),
    patient: true,
    ...more,
  };
  return { waitable, attempts: () => attempts };
}

test("what is there is taken without asking the machine", () => {
  using word = new Word();
  const { waitable, attempts } = afterAttempts(word, 1);
  assertEquals(ann.parking.waitSync(waitable, Infinity), 1);
  assertEquals(ann.parking.waitSync(waitable, performance.now() - 1), 2);
  assertEquals([attempts(), ann.takeAsked()], [2, []]);
});

test("a poll attempts, and sleeps for nothing", () => {
  using word = new Word();
  const { waitable, attempts } = afterAttempts(word, 100);
  const error = assertThrows(
    () => ann.parking.waitSync(waitable, performance.now(), { timeout: 0 }),
    TimeoutError,
  );
  assertEquals(error.message, "Cannot wait any longer for an attempt: it did not come within 0 ms");
  assert(attempts() >= 1 && attempts() < 10, `${attempts()} attempts`);
  assertEquals(ann.takeAsked(), []);
});

test("a thread that sleeps says on which word, so that a recovery can wake it", () => {
  using word = new Word();
  const { words, kernel } = member().heap;
  const sleepingOn = () => words.load(slotOfOwner(ann.owner) + SLOT.sleepingOn);
  const seen: number[] = [];
  const wait = kernel.wait;
  const { waitable } = afterAttempts(word, 1e9);
  kernel.wait = (at, expected, milliseconds) => {
    seen.push(sleepingOn());
    wait(at, expected, milliseconds);
  };
  try {
    // On a busy machine the time may be over before it comes to sleep.
    do {
      assertThrows(() => ann.parking.waitSync(waitable, performance.now() + 20), TimeoutError);
    } while (seen.length === 0);
  } finally {
    kernel.wait = wait;
  }
  assertEquals([...new Set(seen)], [word.at + 1]);
  assertEquals(sleepingOn(), 0);
  assert(ann.takeAsked().every((what) => what === "wait"));
});

test("a word that is not what was announced any more is attempted again", () => {
  using word = new Word();
  const { words } = member().heap;
  let announcements = 0;
  const { waitable } = afterAttempts(word, 200, {
    announce() {
      announcements++;
      const seen = words.load(word.at);
      // Somebody changes it before the thread sleeps.
      words.add(word.at, 1);
      return seen;
    },
  });
  assertEquals(ann.parking.waitSync(waitable, Infinity), 200);
  assert(announcements > 100, `${announcements} announcements`);
  ann.takeAsked();
});

test("an announcement that finds a change leads to an attempt, not to a sleep", () => {
  using word = new Word();
  const { waitable } = afterAttempts(word, 500, { announce: () => undefined });
  assertEquals(ann.parking.waitSync(waitable, Infinity), 500);
  assertEquals(ann.takeAsked(), []);
});

test("what is thrown by attempt, announce or inspect ends the wait with that", () => {
  using word = new Word();
  const broken = new Error("broken");
  const fail = () => {
    throw broken;
  };
  for (const more of [{ attempt: fail }, { announce: fail }, { inspect: fail, patient: false }]) {
    const { waitable } = afterAttempts(word, 1e9, more);
    assertThrows(() => ann.parking.waitSync(waitable, Infinity), Error, "broken");
  }
  ann.takeAsked();
});

test("who sleeps long looks now and then whether somebody is dead", () => {
  using word = new Word();
  let inspections = 0;
  const { waitable } = afterAttempts(word, 1e9, {
    patient: false,
    inspect: () => void inspections++,
  });
  const attempt = () => inspections >= 2 ? inspections : undefined;
  assertEquals(ann.parking.waitSync({ ...waitable, attempt }, Infinity), 2);
  ann.takeAsked();
});

test("who is woken all the time in vain looks for the dead, too", () => {
  using word = new Word();
  const { words } = member().heap;
  let inspections = 0;
  const waitable: Waitable<number> = {
    at: word.at,
    what: "an inspection",
    attempt: () => inspections > 0 ? inspections : undefined,
    announce() {
      // Whoever changes the word does not let this thread sleep.
      const seen = words.load(word.at);
      words.add(word.at, 1);
      return seen;
    },
    inspect: () => void inspections++,
  };
  assertEquals(ann.parking.waitSync(waitable, performance.now() + 30_000), 1);
  ann.takeAsked();
});

test("who waits for nobody in particular recovers who is dead", async () => {
  using word = new Word();
  const { table } = member();
  const dead = dieAtOnce();
  const { waitable } = afterAttempts(word, 1, {
    patient: false,
    attempt: () => table.isGone(dead) ? 1 : undefined,
  });
  assertEquals(ben.parking.waitSync(waitable, Infinity), 1);
  const again = dieAtOnce();
  const attempt = () => table.isGone(again) ? 2 : undefined;
  assertEquals(await ann.parking.waitAsync({ ...waitable, attempt }, Infinity), 2);
  for (const each of [ann, ben]) each.takeAsked();
});
