/** Waiting for the first of several things. */
import { checkIterable } from "../parking/checks.ts";
import { member } from "../parking/member.ts";
import { type Readiness, readinessOf } from "../parking/readiness.ts";
import {
  type Deadline,
  deadlineOf,
  LONGEST_TIMER,
  throwIfAborted,
  type WaitOptions,
} from "../parking/waitable.ts";

/** How long a thread sleeps before it looks again whether a process has ended, in ms. */
const LOOK_INTERVAL = 10;

interface Watched<T> {
  readonly object: T;
  readonly readiness: Readiness;
  /** Whether it was ready at some moment since the wait began. */
  wasReady: boolean;
}

/**
 * Waits on the event loop until at least one of several things is ready.
 *
 * - A queue or a connection is ready when taking something out of it would not wait: something is there, or
 *   nothing will ever be. An event is ready when it is set, or was set meanwhile. A process is ready when it has ended.
 * - Nothing is taken. Others may take what was there: use `tryGet()`, or a timeout.
 *
 * Modelled on Python's `multiprocessing.connection.wait`.
 *
 * @param objects Connections, queues, processes and events, in any mixture.
 * @param wait How long to wait.
 * @returns Those that are ready, in the order in which they were given; none if the time was over.
 * @throws {TypeError} if something else is among them.
 * @throws {RangeError} if there are none.
 * @throws What using one of them would throw, as `ClosedError` if it is closed here.
 * @throws The signal's reason, if that aborted the wait.
 *
 * @example Whatever comes first
 * ```ts
 * import { Process, Queue, wait } from "@x/mp";
 *
 * export function answer(answers: Queue<number>) {
 *   answers.putSync(42);
 * }
 *
 * if (import.meta.main) {
 *   const answers = new Queue<number>();
 *   const process = new Process(answer, { args: [answers] }).start();
 *   const ready = await wait([answers, process]);
 *   if (ready.includes(answers)) console.log(await answers.get()); // 42
 *   await process.join();
 * }
 * ```
 */
export async function wait<T extends object>(
  objects: Iterable<T>,
  wait?: WaitOptions,
): Promise<T[]> {
  throwIfAborted(wait);
  const deadline = deadlineOf(wait);
  const all = watch(objects);
  const ready = readyOf(all);
  if (ready.length > 0 || deadline <= performance.now()) return ready;
  await first(all, deadline, wait?.signal);
  return readyOf(all);
}

/**
 * Waits until at least one of several things is ready, and blocks this thread; see {@linkcode wait}. That a process has
 * ended is noticed within 10 ms, everything else at once.
 *
 * @param objects Connections, queues, processes and events, in any mixture.
 * @param wait How long to wait; its signal cannot abort a wait that blocks, and is looked at before.
 * @returns Those that are ready, in the order in which they were given; none if the time was over.
 *
 * @example
 * ```ts
 * import { Queue, waitSync } from "@x/mp";
 *
 * const queue = new Queue<number>();
 * await queue.put(1);
 * console.log(waitSync([queue], { timeout: 1_000 })[0] === queue); // true
 * ```
 */
export function waitSync<T extends object>(objects: Iterable<T>, wait?: WaitOptions): T[] {
  throwIfAborted(wait);
  const deadline = deadlineOf(wait);
  const all = watch(objects);
  const ready = readyOf(all);
  if (ready.length > 0 || deadline <= performance.now()) return ready;
  const waitables = all.flatMap(({ readiness: { waitable } }) => waitable ?? []);
  const interval = waitables.length < all.length ? LOOK_INTERVAL : Infinity;
  const look = (): T[] | undefined => {
    const ready = readyOf(all);
    return ready.length > 0 ? ready : undefined;
  };
  return member().parking.waitAnySync(waitables, look, deadline, interval) ?? [];
}

function watch<T extends object>(objects: Iterable<T>): Watched<T>[] {
  checkIterable("wait", "what is waited for", objects);
  const all = [...new Set(objects)].map((object) => {
    const readiness = readinessOf(object);
    if (readiness !== undefined) return { object, readiness, wasReady: false };
    throw new TypeError(
      `Cannot wait for ${
        nameOf(object)
      }: only connections, queues, processes and events can be waited for`,
    );
  });
  if (all.length > 0) return all;
  throw new RangeError("Cannot wait: there is nothing to wait for, got 0 objects");
}

function nameOf(object: unknown): string {
  if (typeof object !== "object" || object === null) return String(object);
  return `an object of class ${object.constructor?.name ?? "none"}`;
}

function readyOf<T>(all: readonly Watched<T>[]): T[] {
  const isReady = ({ wasReady, readiness }: Watched<T>): boolean =>
    wasReady || readiness.waitable?.attempt() === true || readiness.isReady();
  return all.filter(isReady).map(({ object }) => object);
}

/** Resolves when the first is ready or the deadline is over, and nothing of all this waits any more. */
async function first(
  all: readonly Watched<unknown>[],
  deadline: Deadline,
  signal: AbortSignal | undefined,
): Promise<void> {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  signal?.addEventListener("abort", end, { once: true });
  const stopTimer = at(deadline, end);
  const waits = all.map((one) => ready(one, controller.signal));
  try {
    await Promise.race(waits);
  } catch (error) {
    signal?.throwIfAborted();
    if (!controller.signal.aborted) throw error;
  } finally {
    stopTimer();
    signal?.removeEventListener("abort", end);
    controller.abort();
    await Promise.allSettled(waits);
  }
}

async function ready(one: Watched<unknown>, signal: AbortSignal): Promise<void> {
  await one.readiness.until(signal);
  one.wasReady = true;
}

/** Calls back when a deadline is over; returns what keeps it from doing so. */
function at(deadline: Deadline, callback: () => void): () => void {
  if (deadline === Infinity) return () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tick = (): void => {
    const rest = deadline - performance.now();
    if (rest <= 0) callback();
    else timer = setTimeout(tick, Math.min(Math.ceil(rest), LONGEST_TIMER));
  };
  tick();
  return () => clearTimeout(timer);
}
