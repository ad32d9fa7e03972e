/**
 * A task's record, which lies in memory of the submitter.
 *
 * | phase (bits 0–1) | owner (bits 2–27) | meaning | leaves by |
 * | --- | --- | --- | --- |
 * | 0 FREE | nobody | not in use | the submitter |
 * | 1 QUEUED | nobody | to be run by whoever claims it | a worker's claim; the submitter's withdrawal |
 * | 2 RUNNING | a worker | claimed; if that worker dies, it was this that it was doing | that worker; the submitter if it died (to FREE, or to QUEUED for another try) |
 * | 3 DONE | a worker | the result is there, and is or soon will be on the completion stack | the submitter |
 *
 * Laws: a claim and a withdrawal are compare-exchanges from QUEUED, so a task is run once or not at
 * all. Everything else in the record is written by the submitter before QUEUED, and by the worker
 * between RUNNING and DONE: plain words, which the state publishes. Two are read before that, and are atomic:
 * `startedAt`, and a parcel, which the submitter of a dead worker's task frees.
 */
import { NOBODY, type OwnerId } from "../memory/owner_id.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";
import { TASK } from "./layout.ts";

const FREE = 0;
const QUEUED = 1;
const RUNNING = 2;
const DONE = 3;

/** The payload is an array of arguments: one call. */
export const CALL = 0;
/** The payload is an array of items: a call with each. */
export const EACH = 1;
/** The payload is an array of argument arrays: a call with each. */
export const EACH_SPREAD = 2;
/** Beside one of the last two: it may be ended early, with the values so far, when other workers have nothing to do. */
export const DIVISIBLE = 4;

/** Beside one of the same two: an error ends its own call and not the others. */
export const EVERY = 8;

/** The payload is the value, or with EACH the array of values; with EVERY, `[values]` or `[values, mishaps]`. */
export const RETURNED = 0;
/** The payload is what was thrown; with EACH, `[values before it, what was thrown]`. */
export const THREW = 1;
/** The payload is a description of what cannot be sent; with EACH, `[values before it, description]`. */
export const UNSENDABLE = 2;
/** The payload of a part of a chunk that was `DIVISIBLE`: `[values, items that are left]`, perhaps with mishaps. */
export const SHARED = 3;
/** As THREW, of an argument that threw when it was decoded: nothing was called. */
export const UNREAD = 4;

function pack(phase: number, owner: OwnerId): number {
  return phase | (owner << 2);
}

/** The submitter queues a record that it has filled. */
export function queue(words: WordMemory, task: WordIndex): void {
  words.store(task + TASK.state, pack(QUEUED, NOBODY));
}

/** A worker claims a task; false if it is not queued any more. */
export function claim(words: WordMemory, task: WordIndex, worker: OwnerId): boolean {
  const queued = pack(QUEUED, NOBODY);
  return words.compareExchange(task + TASK.state, queued, pack(RUNNING, worker)) === queued;
}

/** The submitter takes a task back; false if a worker has claimed it. */
export function withdraw(words: WordMemory, task: WordIndex): boolean {
  const queued = pack(QUEUED, NOBODY);
  return words.compareExchange(task + TASK.state, queued, pack(FREE, NOBODY)) === queued;
}

/** The submitter queues a task again that a dead worker was running; false if it was not. */
export function requeue(words: WordMemory, task: WordIndex, dead: OwnerId): boolean {
  const running = pack(RUNNING, dead);
  return words.compareExchange(task + TASK.state, running, pack(QUEUED, NOBODY)) === running;
}

/** A worker has written the result. */
export function finish(words: WordMemory, task: WordIndex, worker: OwnerId): void {
  words.store(task + TASK.state, pack(DONE, worker));
}

/** The submitter is done with the record. */
export function release(words: WordMemory, task: WordIndex): void {
  words.store(task + TASK.state, pack(FREE, NOBODY));
}

/** What a task is to a worker: nothing, running, or done. */
export function stateFor(
  words: WordMemory,
  task: WordIndex,
  worker: OwnerId,
): "running" | "done" | "none" {
  const state = words.load(task + TASK.state);
  if (state === pack(RUNNING, worker)) return "running";
  return state === pack(DONE, worker) ? "done" : "none";
}

/** Who is running a task; NOBODY if no one is. */
export function runnerOf(words: WordMemory, task: WordIndex): OwnerId {
  const state = words.load(task + TASK.state);
  return (state & 3) === RUNNING ? (state >>> 2) : NOBODY;
}

/** Who is running a task, or has done it; NOBODY if no one has. */
export function workerOf(words: WordMemory, task: WordIndex): OwnerId {
  const state = words.load(task + TASK.state);
  return (state & 3) >= RUNNING ? (state >>> 2) : NOBODY;
}

/** Whether a task is to be claimed. */
export function isQueued(words: WordMemory, task: WordIndex): boolean {
  return (words.load(task + TASK.state) & 3) === QUEUED;
}

/** Whether a record is not in use. */
export function isFree(words: WordMemory, task: WordIndex): boolean {
  return (words.load(task + TASK.state) & 3) === FREE;
}

/** In `startedAt`: nobody wants to know. */
export const UNTIMED = -1;

/** When the clock begins anew: 24 days, and a word has room for some seconds more. */
const PERIOD = 2 ** 31 - 2 ** 20;

/** The machine's clock as processes compare it, in ms; never 0. */
export function now(): number {
  return Date.now() % PERIOD || 1;
}

/** How long ago it was what {@linkcode now} has told, in ms, up to twelve days; negative if that is still to come. */
export function elapsed(since: number): number {
  const passed = now() - since;
  return passed < -PERIOD / 2 ? passed + PERIOD : passed;
}
