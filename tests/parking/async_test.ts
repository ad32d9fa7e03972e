import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TimeoutError } from "../../mod.ts";
import { member } from "../../src/parking/member.ts";
import { roomOf } from "../../src/parking/rooms.ts";
import { deadlineOf, type Waitable, type WaitOptions } from "../../src/parking/waitable.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";
import { Virtual, Word } from "./virtual.ts";

const ann = new Virtual();
const ben = new Virtual();

/** Lets everything happen that is due without an event from outside. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await undefined;
}

/** A count of permits, of which each waiter takes one; the mark is the sign. */
function permits(parking: typeof ann.parking, word: Word) {
  const { words } = member().heap;
  const MARK = 2 ** 30;
  const waitable = (more: Partial<Waitable<number>> = {}): Waitable<number> => ({
    at: word.at,
    what: "a permit",
    attempt() {
      for (;;) {
        const seen = words.load(word.at);
        if ((seen & ~MARK) === 0) return undefined;
        if (words.compareExchange(word.at, seen, seen - 1) === seen) return seen & ~MARK;
      }
    },
    announce() {
      const seen = words.load(word.at);
      if ((seen & ~MARK) !== 0) return undefined;
      if (seen === MARK) return MARK;
      return words.compareExchange(word.at, seen, MARK) === seen ? MARK : undefined;
    },
    patient: true,
    ...more,
  });
  return {
    waitable,
    wait: (more: Partial<Waitable<number>> = {}, deadline = Infinity, signal?: AbortSignal) =>
      parking.waitAsync(waitable(more), deadline, { signal }),
    release(count: number, by = parking) {
      const before = words.add(word.at, count);
      if ((before & MARK) !== 0) by.wake(word.at, count);
    },
  };
}

test("what is there is taken without waiting, and without asking the machine", async () => {
  using word = new Word();
  const sluice = permits(ann.parking, word);
  sluice.release(3);
  ann.takeAsked();
  assertEquals(await sluice.wait(), 3);
  assertEquals(await sluice.wait({}, performance.now() - 1), 2);
  assertEquals([ann.parking.pending, ann.takeAsked()], [0, []]);
});

test("waiters of one word are served in the order in which they came", async () => {
  using word = new Word();
  const sluice = permits(ann.parking, word);
  const served: number[] = [];
  const waits = Array.from({ length: 2_000 }, (_, i) => sluice.wait().then(() => served.push(i)));
  assertEquals(ann.parking.pending, 2_000);
  for (let released = 0; released < 2_000;) {
    const count = 1 + released % 7;
    sluice.release(count, released % 2 === 0 ? ann.parking : ben.parking);
    released += count;
    if (released % 5 === 0) await settle();
  }
  await Promise.all(waits);
  assertEquals(served, served.toSorted((one, two) => one - two));
  assertEquals(ann.parking.pending, 0);
});

test("thousands of waits on words of their own all end", async () => {
  const words = Array.from({ length: 3_000 }, () => new Word());
  const waits = words.map((word) => ann.turnstile(word).wait(1));
  assertEquals(ann.parking.pending, words.length);
  for (const word of words) ben.turnstile(word).pass(1);
  await Promise.all(waits);
  assertEquals(ann.parking.pending, 0);
  for (const word of words) word[Symbol.dispose]();
});

test("a wake of one word serves no other word of its room", async () => {
  using first = new Word();
  const others: Word[] = [];
  let second = new Word();
  while (roomOf(second.at) !== roomOf(first.at)) {
    others.push(second);
    second = new Word();
  }
  let isDone = false;
  const wait = ann.turnstile(second).wait(1).then(() => (isDone = true));
  const other = ann.turnstile(first).wait(1);
  ben.turnstile(first).pass(1);
  await other;
  await settle();
  assertEquals([isDone, ann.parking.pending], [false, 1]);
  ben.turnstile(second).pass(1);
  await wait;
  for (const word of [second, ...others]) word[Symbol.dispose]();
});

test("a deadline that is over is a TimeoutError that says what did not come", async () => {
  using word = new Word();
  const turnstile = ann.turnstile(word);
  const error = await assertRejects(
    () => ann.parking.waitAsync(turnstile.waitable(1), performance.now() + 5, { timeout: 5 }),
    TimeoutError,
  );
  assertEquals(error.message, "Cannot wait any longer for turn 1: it did not come within 5 ms");
  assertEquals(ann.parking.pending, 0);
});

test("a timeout of 0 is a poll: it takes what is there, and waits for nothing", async () => {
  using word = new Word();
  const turnstile = ann.turnstile(word);
  ann.takeAsked();
  await assertRejects(() => turnstile.wait(1, deadlineOf({ timeout: 0 })), TimeoutError);
  turnstile.pass(1);
  assertEquals(await turnstile.wait(1, deadlineOf({ timeout: 0 })), 1);
  assertEquals([ann.parking.pending, ann.takeAsked()], [0, []]);
});

test("a poll does not overtake those who stand in line, and takes what is left by them", async () => {
  using word = new Word();
  const sluice = permits(ann.parking, word);
  const first = sluice.wait();
  await assertRejects(() => sluice.wait({}, performance.now()), TimeoutError);
  sluice.release(1, ben.parking);
  // Nobody has had a turn since: the permit is that of the first.
  await assertRejects(() => sluice.wait({}, performance.now()), TimeoutError);
  assertEquals(await first, 1);
  const [second, third] = [sluice.wait(), sluice.wait()];
  sluice.release(3, ben.parking);
  assertEquals(await sluice.wait({}, performance.now()), 1);
  assertEquals(await Promise.all([second, third]), [3, 2]);
});

test("deadlines farther away than timers reach are waited for in pieces", async () => {
  using word = new Word();
  const { setTimeout } = globalThis;
  const delays: number[] = [];
  let fire: (() => void) | undefined;
  globalThis.setTimeout = ((callback: () => void, delay: number) => {
    delays.push(delay);
    fire = callback;
    return setTimeout(() => {}, 0);
  }) as typeof setTimeout;
  let wait: Promise<number>;
  try {
    wait = ann.turnstile(word).wait(1, performance.now() + 2 ** 33);
    fire!();
    fire!();
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  assertEquals(delays, [2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1]);
  ben.turnstile(word).pass(1);
  assertEquals(await wait, 1);
});

test("timeouts are checked at the public edge", () => {
  for (const timeout of [-1, NaN, "5", null, {}]) {
    assertThrows(
      () => deadlineOf({ timeout: timeout as number }),
      RangeError,
      `timeout must be 0 ms or more, got ${timeout === "5" ? '"5"' : String(timeout)}`,
    );
  }
  for (const options of [10, "10", true]) {
    assertThrows(() => deadlineOf(options as WaitOptions), TypeError, "{ timeout: 1000 }, got");
  }
  for (const options of [undefined, {}, { timeout: undefined }, { timeout: Infinity }]) {
    assertEquals(deadlineOf(options), Infinity);
  }
});

test("many waits whose time runs out together all end, and leave nothing", async () => {
  using word = new Word();
  const sluice = permits(ann.parking, word);
  const deadline = performance.now() + 20;
  const waits = Array.from({ length: 1_000 }, () => sluice.wait({}, deadline));
  sluice.release(10, ben.parking);
  const ends = await Promise.allSettled(waits);
  assertEquals(ends.filter(({ status }) => status === "fulfilled").length, 10);
  assertEquals(ends.findIndex(({ status }) => status === "rejected"), 10);
  assertEquals(ann.parking.pending, 0);
});

test("what comes in the instant of a timeout is taken, also by who stands in the middle", async () => {
  using word = new Word();
  const sluice = permits(ann.parking, word);
  const first = sluice.wait();
  const deadline = performance.now() + 10;
  const second = sluice.wait({}, deadline);
  // This process is busy until the time is over: bell and timer are both due when it comes to look.
  while (performance.now() <= deadline + 1);
  sluice.release(2, ben.parking);
  assertEquals(await Promise.all([first, second]), [2, 1]);
});

test("a signal that was aborted before stops the wait before its first attempt", async () => {
  using word = new Word();
  const reason = new Error("no more");
  let attempts = 0;
  const attempt = () => void attempts++;
  const sluice = permits(ann.parking, word);
  const error = await assertRejects(() =>
    sluice.wait({ attempt }, Infinity, AbortSignal.abort(reason))
  );
  assert(error === reason);
  assertThrows(
    () =>
      ann.parking.waitSync(sluice.waitable({ attempt }), 0, { signal: AbortSignal.abort(reason) }),
    Error,
    "no more",
  );
  assertEquals([attempts, ann.parking.pending], [0, 0]);
});

test("an abort ends one wait with its reason, wherever that stands in line", async () => {
  using word = new Word();
  const sluice = permits(ann.parking, word);
  for (const aborted of [0, 1, 2]) {
    const controllers = [0, 1, 2].map(() => new AbortController());
    const waits = controllers.map(({ signal }) => sluice.wait({}, Infinity, signal));
    controllers[aborted].abort(`reason ${aborted}`);
    const ends = Promise.allSettled(waits);
    sluice.release(2, ben.parking);
    const expected = [2, 1].map((value) => ({ status: "fulfilled", value }) as object);
    expected.splice(aborted, 0, { status: "rejected", reason: `reason ${aborted}` });
    assertEquals(await ends, expected as Awaited<typeof ends>);
    // Too late for those who have gone.
    for (const controller of controllers) controller.abort();
  }
  assertEquals(ann.parking.pending, 0);
});

test("an abort after the taking changes nothing", async () => {
  using word = new Word();
  const sluice = permits(ann.parking, word);
  const controller = new AbortController();
  const wait = sluice.wait({}, Infinity, controller.signal);
  sluice.release(1);
  await undefined;
  controller.abort();
  assertEquals(await wait, 1);
});

test("an attempt that throws ends its own wait, and the next in line is served", async () => {
  using word = new Word();
  const sluice = permits(ann.parking, word);
  const broken = new Error("the predicate is broken");
  let throws = false;
  const { attempt, announce } = sluice.waitable();
  const first = sluice.wait({
    attempt() {
      if (throws) throw broken;
      return attempt();
    },
  });
  const second = sluice.wait({
    announce() {
      if (throws) throw broken;
      return announce();
    },
  });
  const third = sluice.wait();
  const ends = Promise.allSettled([first, second, third]);
  throws = true;
  sluice.release(2, ben.parking);
  const [one, two, three] = await ends;
  assertEquals(one, { status: "rejected", reason: broken });
  assertEquals([two.status, three.status], ["fulfilled", "fulfilled"]);
  const again = sluice.wait({
    announce() {
      throw broken;
    },
  });
  await assertRejects(() => again, Error, "the predicate is broken");
  assertEquals(ann.parking.pending, 0);
});

test("an attempt may abort its own wait: what it takes is not lost", async () => {
  using word = new Word();
  const sluice = permits(ann.parking, word);
  const { attempt } = sluice.waitable();
  for (const takes of [true, false]) {
    const controller = new AbortController();
    let aborts = false;
    const first = sluice.wait(
      {
        attempt() {
          if (aborts) controller.abort("by itself");
          return aborts && !takes ? undefined : attempt();
        },
      },
      Infinity,
      controller.signal,
    );
    const second = sluice.wait();
    const ends = Promise.allSettled([first, second]);
    aborts = true;
    sluice.release(2, ben.parking);
    const [one, two] = await ends;
    assertEquals(one.status === "fulfilled" ? one.value : one.reason, takes ? 2 : "by itself");
    assertEquals(two.status, "fulfilled");
    if (!takes) assertEquals(await sluice.wait(), 1);
  }
  assertEquals(ann.parking.pending, 0);
});

test("an attempt may abort others, begin other waits, and wake", async () => {
  using word = new Word();
  using another = new Word();
  const sluice = permits(ann.parking, word);
  const { attempt } = sluice.waitable();
  const controller = new AbortController();
  const begun: Promise<number>[] = [];
  let acts = false;
  const first = sluice.wait({
    attempt() {
      if (acts) {
        acts = false;
        controller.abort("by the first");
        begun.push(sluice.wait(), ann.turnstile(another).wait(1));
        ann.turnstile(another).pass(1);
        sluice.release(2);
      }
      return attempt();
    },
  });
  const second = sluice.wait({}, Infinity, controller.signal);
  const third = sluice.wait();
  const ends = Promise.allSettled([first, second, third]);
  acts = true;
  sluice.release(1, ben.parking);
  const [one, two, three] = await ends;
  assertEquals([one.status, three.status], ["fulfilled", "fulfilled"]);
  assertEquals(two, { status: "rejected", reason: "by the first" });
  assertEquals((await Promise.all(begun)).length, 2);
  assertEquals(ann.parking.pending, 0);
});

test("somebody who waits for nobody in particular looks for the dead now and then", async () => {
  using word = new Word();
  const sluice = permits(ann.parking, word);
  const { promise, resolve } = Promise.withResolvers<void>();
  let inspections = 0;
  const inspect = () => {
    if (++inspections === 2) resolve();
  };
  const patient = sluice.wait();
  const impatient = sluice.wait({ patient: false, inspect });
  await promise;
  sluice.release(2, ben.parking);
  await Promise.all([patient, impatient]);
});

test("an inspection that throws ends its wait with that, and the others go on", async () => {
  using word = new Word();
  const sluice = permits(ann.parking, word);
  const inspect = () => {
    throw new Error("cannot look");
  };
  const first = sluice.wait({ patient: false, inspect });
  const second = sluice.wait();
  await assertRejects(() => first, Error, "cannot look");
  sluice.release(1, ben.parking);
  assertEquals(await second, 1);
  assertEquals(ann.parking.pending, 0);
});

// Its pipe is open at both ends, and by who rings it.
const newBell = { allow: { descriptors: 3 } };

test("a wait for which there is no bell fails, and the next one is heard", newBell, async () => {
  using word = new Word();
  using cat = new Virtual();
  {
    using _machine = cat.pretend({
      openBell() {
        throw new Error("no descriptor is left");
      },
    });
    const controller = new AbortController();
    for (let i = 0; i < 2; i++) {
      const wait = permits(cat.parking, word).wait({}, performance.now() + 1e6, controller.signal);
      await assertRejects(() => wait, Error, "no descriptor is left");
    }
    controller.abort();
    assertEquals(cat.parking.pending, 0);
  }
  const sluice = permits(cat.parking, word);
  const wait = sluice.wait();
  sluice.release(1, ben.parking);
  assertEquals(await wait, 1);
});
