/** Our queues and pipes, between two processes; the last line printed is JSON. */

import { type Connection, isMainProcess, pipe, Process, Queue } from "../../mod.ts";
import type { Figures } from "../contest.ts";
import * as task from "./task.ts";

type Kind = "sync" | "async";

/** Takes messages, and says when it has got so many. */
export async function drain(queue: Queue<unknown>, done: Queue<number>, kind: Kind) {
  for (;;) {
    const count = await nextCount(queue);
    if (count === 0) return;
    if (kind === "sync") { for (let i = 0; i < count; i++) queue.getSync(); }
    else for (let i = 0; i < count; i++) await queue.get();
    done.putSync(count);
  }
}

async function nextCount(queue: Queue<unknown>): Promise<number> {
  return await queue.get() as number;
}

/** Sends back what comes. */
export async function echo(requests: Queue<unknown>, replies: Queue<unknown>, kind: Kind) {
  for (;;) {
    const request = kind === "sync" ? requests.getSync() : await requests.get();
    if (request === "end") return;
    if (kind === "sync") replies.putSync(request);
    else await replies.put(request);
  }
}

/** Sends back what comes. */
export function echoThrough(end: Connection<unknown>) {
  for (;;) {
    const request = end.recvSync();
    if (request === "end") return;
    end.sendSync(request);
  }
}

/** How many large messages may be on their way. */
const LARGE_AT_A_TIME = 8;

async function oneWay(figures: Figures, kind: Kind, maxSize: number, measure: Measure) {
  const queue = new Queue<unknown>(maxSize);
  const done = new Queue<number>();
  const child = new Process(drain, { args: [queue, done, kind] }).start();
  const run = async (count: number, message: (i: number) => unknown): Promise<number> => {
    await queue.put(count);
    const start = performance.now();
    if (kind === "sync") { for (let i = 0; i < count; i++) queue.putSync(message(i)); }
    else for (let i = 0; i < count; i++) await queue.put(message(i));
    await done.get();
    return performance.now() - start;
  };
  await measure(figures, kind, run);
  await queue.put(0);
  await child.result;
}

type Run = (count: number, message: (i: number) => unknown) => Promise<number>;
type Measure = (figures: Figures, kind: Kind, run: Run) => Promise<void>;

const smallOnes: Measure = async (figures, kind, run) => {
  for (const [name, message] of [["numbers", (i: number) => i], ["objects", task.small]] as const) {
    await run(task.MESSAGES / 4, message);
    const times = [await run(task.MESSAGES, message), await run(task.MESSAGES, message)];
    figures[`${name}, ${kind}, M/s`] = task.millions(task.MESSAGES, Math.min(...times));
  }
};

const largeOnes: Measure = async (figures, _kind, run) => {
  for (const [name, byteLength, count] of task.LARGE) {
    const bytes = new Uint8Array(byteLength).fill(1);
    await run(Math.ceil(count / 4), () => bytes);
    const time = await run(count, () => bytes);
    figures[`${name}, GiB/s`] = task.gibibytes(byteLength * count, time);
    figures[`${name}, memcpy here, GiB/s`] = task.copySpeed(byteLength);
    figures[`${name}, slice() here, GiB/s`] = task.sliceSpeed(byteLength);
  }
};

async function roundTrips(figures: Figures, kind: Kind) {
  const requests = new Queue<unknown>();
  const replies = new Queue<unknown>();
  const child = new Process(echo, { args: [requests, replies, kind] }).start();
  await task.timeRoundTrips(figures, kind, async (i) => {
    if (kind === "sync") {
      requests.putSync(i);
      replies.getSync();
    } else {
      await requests.put(i);
      await replies.get();
    }
  });
  await requests.put("end");
  await child.result;
}

async function throughPipe(figures: Figures) {
  const [mine, theirs] = pipe<unknown>();
  const child = new Process(echoThrough, { args: [theirs] }).start();
  theirs.close();
  const times = new Float64Array(task.ROUND_TRIPS);
  for (let i = -1_000; i < times.length; i++) {
    const start = performance.now();
    mine.sendSync(i);
    mine.recvSync();
    if (i >= 0) times[i] = (performance.now() - start) * 1_000;
  }
  figures["round trip through a pipe, hot, sync, p50 µs"] = task.quantiles(times).p50;
  mine.sendSync("end");
  await child.result;
}

if (isMainProcess()) {
  const figures: Figures = {};
  const kinds = ["sync", "async"] as const;
  if (task.isAsked("small")) {
    for (const kind of kinds) await oneWay(figures, kind, 10_000, smallOnes);
  }
  if (task.isAsked("large")) await oneWay(figures, "sync", LARGE_AT_A_TIME, largeOnes);
  if (task.isAsked("trips")) {
    for (const kind of kinds) await roundTrips(figures, kind);
    await throughPipe(figures);
  }
  console.log(JSON.stringify(figures));
}
