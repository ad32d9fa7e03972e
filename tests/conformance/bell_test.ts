import { assertEquals, assertLess } from "@std/assert";
import { Ground, platform, runtime } from "../fixtures/conformance/ground.ts";
import { LISTENER, type ListenerTicket } from "../fixtures/conformance/listener.ts";
import type { RingerTicket } from "../fixtures/conformance/ringer_child.ts";
import { test, until } from "../support/harness.ts";
import { readProc } from "../support/proc.ts";
import { start, succeed } from "./children.ts";

// A process has one bell, for as long as it lives.
let onRing = () => {};
const bell = platform.openBell(() => onRing());
const { ear } = bell;

/** Listens until a ring finds `fact` true. */
async function listenUntil(fact: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  onRing = () => fact() && resolve();
  ear.listen();
  await promise;
  // What comes late is nobody's any more.
  onRing = () => {};
  await ear.rest();
}

function startRingers(ground: Ground, ringers: number, rings: number) {
  const ticket: RingerTicket = {
    ground: ground.ticket,
    writeFd: bell.writeFd,
    rings,
    counter: 0,
    gate: 16,
    ringers,
  };
  return Array.from({ length: ringers }, () => start("ringer_child.ts", ticket));
}

async function startListener(ground: Ground, rests: boolean) {
  const ticket: ListenerTicket = { ground: ground.ticket, rests };
  const child = start("listener_child.ts", ticket);
  const writeFd = await until(() => ground.words.load(LISTENER.writeFd), "it has a bell");
  return { child, writeFd };
}

test("a ring of another process wakes the event loop", async () => {
  using ground = Ground.create(platform.pageSize);
  const [ringer] = startRingers(ground, 1, 1);
  await listenUntil(() => ground.words.load(0) === 1);
  await succeed(ringer);
});

test("a process rings itself, also in the middle of synchronous code", async () => {
  let rung = false;
  const heard = listenUntil(() => rung);
  rung = true;
  bell.ring();
  await heard;
});

test("10^4 rings of two processes at once are heard, if not one by one", async () => {
  using ground = Ground.create(platform.pageSize);
  const rings = 10_000;
  const ringers = startRingers(ground, 2, rings);
  // The last ring must be heard: only a ring looks at the count.
  let calls = 0;
  await listenUntil(() => {
    calls++;
    return ground.words.load(0) === 2 * rings;
  });
  await Promise.all(ringers.map(succeed));
  assertLess(calls, 2 * rings + 2);
});

test("timers and promises go on while the ear listens", async () => {
  ear.listen();
  await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => setTimeout(resolve, 1));
  await ear.rest();
});

test("an ear that rests has nothing pending, and listens again", async () => {
  for (let i = 0; i < 500; i++) {
    let rung = false;
    const heard = listenUntil(() => rung);
    rung = true;
    bell.ring();
    await heard;
  }
});

test("rest() at rest and listen() while listening change nothing", async () => {
  await ear.rest();
  ear.listen();
  ear.listen();
  await ear.rest();
  await ear.rest();
  await listenUntilRung();
});

test("rest() settles though somebody listens again before it has", async () => {
  ear.listen();
  const rested = ear.rest();
  ear.listen();
  await rested;
  await listenUntilRung();
  for (let i = 0; i < 20; i++) {
    ear.listen();
    void ear.rest();
  }
  ear.listen();
  await listenUntilRung();
});

/** What the ear missed would make this wait for ever. */
async function listenUntilRung(): Promise<void> {
  let rung = false;
  const heard = listenUntil(() => rung);
  await Promise.resolve();
  rung = true;
  bell.ring();
  await heard;
}

test("a ring between rest() and listen() without a turn of the loop is heard", async () => {
  ear.listen();
  const rested = ear.rest();
  let rung = false;
  const heard = listenUntil(() => rung);
  rung = true;
  bell.ring();
  await heard;
  await rested;
});

test("rings that nobody hears block nobody, however many", async () => {
  for (let i = 0; i < 200_000; i++) bell.ring();
  await listenUntilRung();
});

test("a ring to a process that does not turn its loop blocks nobody", async () => {
  using ground = Ground.create(platform.pageSize);
  const { child, writeFd } = await startListener(ground, false);
  const ringer = platform.openRinger(child.pid, writeFd)!;
  const [stop, resume] = [19, 18];
  platform.kill(child.pid, stop);
  for (let i = 0; i < 200_000; i++) platform.ring(ringer);
  ground.words.store(LISTENER.enough, 1);
  platform.kill(child.pid, resume);
  await succeed(child);
  platform.close(ringer);
});

test("a ring to a process that was killed does nothing", async () => {
  using ground = Ground.create(platform.pageSize);
  const { child, writeFd } = await startListener(ground, false);
  const ringer = platform.openRinger(child.pid, writeFd)!;
  platform.kill(child.pid, 9);
  await child.exited;
  for (let i = 0; i < 3; i++) platform.ring(ringer);
  platform.close(ringer);
  assertEquals(platform.openRinger(child.pid, writeFd), undefined);
});

test("openRinger() of a process that is not there is undefined", () => {
  assertEquals(platform.openRinger(2 ** 30, 3), undefined);
  assertEquals(platform.openRinger(runtime.pid, 2 ** 20), undefined);
});

test("a process whose ear rests ends by itself", async () => {
  using ground = Ground.create(platform.pageSize);
  const { child } = await startListener(ground, true);
  await succeed(child);
});

test("a process whose ear listens stays, and ends by itself when it rests", async () => {
  using ground = Ground.create(platform.pageSize);
  const { child, writeFd } = await startListener(ground, false);
  await until(() => /^State:\s+S/m.test(readProc(child.pid, "status")), "its loop sleeps");
  const ringer = platform.openRinger(child.pid, writeFd)!;
  platform.ring(ringer);
  await until(() => ground.words.load(LISTENER.heard) === 1, "it has heard");
  ground.words.store(LISTENER.enough, 1);
  platform.ring(ringer);
  await succeed(child);
  platform.close(ringer);
  assertLess(ground.words.load(LISTENER.heard), 3);
});
