/**
 * What a wake takes: an asynchronous round trip between two processes by their bells beside one between
 * two threads by `postMessage`, a synchronous round trip between two processes by the futex, and what a
 * wake costs when nobody sleeps. `deno run -A bench/wake.ts`, `bun bench/wake.ts`, `node bench/wake.ts`.
 *
 * Both sides sleep when they are woken: in their event loop, or in the kernel.
 */

import { Worker } from "node:worker_threads";
import { Meeting, platform, runtime, startPartner, WORD } from "./wake/meeting.ts";

const blocks = 10;
const rounds = 2_000;

type RoundTrip = () => Promise<void> | void;

/** Microseconds of each round trip of each way; the ways take turns, block by block. */
async function measure(ways: Record<string, RoundTrip>): Promise<Record<string, number[]>> {
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, [] as number[]]));
  for (let block = -1; block < blocks; block++) {
    for (const [name, roundTrip] of Object.entries(ways)) {
      for (let round = 0; round < rounds; round++) {
        const start = performance.now();
        const done = roundTrip();
        if (done !== undefined) await done;
        // The first block is for the compilers.
        if (block >= 0) times[name].push((performance.now() - start) * 1_000);
      }
    }
  }
  return times;
}

function line(name: string, times: number[]): void {
  const sorted = times.sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(part * sorted.length)].toFixed(1).padStart(8);
  console.log(`${name.padEnd(44)} ${at(0.5)} ${at(0.99)}`);
}

/** Nanoseconds of one of many calls: the fastest of some rounds. */
function cost(call: () => void): string {
  const calls = 100_000;
  let fastest = Infinity;
  for (let round = 0; round < 20; round++) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) call();
    fastest = Math.min(fastest, (performance.now() - start) * 1e6 / calls);
  }
  return fastest.toFixed(0).padStart(8);
}

const meeting = Meeting.create();
const { words } = meeting;

// By bells.
let answered = () => {};
const bell = platform.openBell(() => {
  if (words.load(WORD.pong) === words.load(WORD.ping)) answered();
});
const byBell = startPartner("./bell_partner.ts", meeting, bell.writeFd);
while (words.load(WORD.writeFd) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
const ringer = platform.openRinger(byBell.pid, words.load(WORD.writeFd))!;
function bellRoundTrip(): Promise<void> {
  return new Promise((resolve) => {
    answered = resolve;
    words.add(WORD.ping, 1);
    platform.ring(ringer);
  });
}

// By postMessage.
const worker = new Worker(new URL("./wake/port_partner.ts", import.meta.url));
let replied = () => {};
worker.on("message", () => replied());
function portRoundTrip(): Promise<void> {
  return new Promise((resolve) => {
    replied = resolve;
    worker.postMessage(1);
  });
}

bell.ear.listen();
const { bells, ports } = await measure({ bells: bellRoundTrip, ports: portRoundTrip });
await worker.terminate();
words.store(WORD.ping, -1);
platform.ring(ringer);
await byBell.exited;

// By a bell, from a process that spins and so is awake.
const bySpinning = startPartner("./spinning_partner.ts", meeting, bell.writeFd);
const { spinning } = await measure({
  spinning: () =>
    new Promise((resolve) => {
      answered = resolve;
      words.add(WORD.ping, 1);
    }),
});
await bell.ear.rest();
words.store(WORD.ping, -2);
await bySpinning.exited;

// By futex.
const byFutex = startPartner("./futex_partner.ts", meeting, 0);
let turn = 0;
const { futex } = await measure({
  futex() {
    words.store(WORD.turn, ++turn);
    platform.wake(meeting.addressOf(WORD.turn), 1);
    meeting.waitFor(WORD.back, turn);
  },
});
words.store(WORD.turn, -1);
platform.wake(meeting.addressOf(WORD.turn), 1);
await byFutex.exited;

console.log(`${runtime.name} ${runtime.version}`);
console.log(`${"round trip, µs".padEnd(44)} ${"p50".padStart(8)} ${"p99".padStart(8)}`);
line("bells, two processes, asynchronous", bells);
line("postMessage, two threads, asynchronous", ports);
line("a bell, from a process that spins", spinning);
line("futex, two processes, synchronous", futex);
const middle = (times: number[]) => times[times.length >> 1];
console.log(`bells take ${(middle(bells) / middle(ports)).toFixed(2)} of what postMessage takes`);
console.log(`\n${"one call, ns".padEnd(44)}`);
console.log(
  `${"a word changed with nobody asleep".padEnd(44)} ${cost(() => words.add(WORD.idle, 1))}`,
);
const nobody = meeting.addressOf(WORD.idle);
console.log(
  `${"a futex wake with nobody asleep".padEnd(44)} ${cost(() => platform.wake(nobody, 1))}`,
);
console.log(`${"getppid, a kernel call".padEnd(44)} ${cost(() => platform.parentPid())}`);
