/** Waiting for something that happens on the event loop, for a limited time. */
import {
  deadlineOf,
  LONGEST_TIMER,
  throwIfAborted,
  type WaitOptions,
} from "../parking/waitable.ts";

/**
 * Waits for an end that is announced by a promise.
 *
 * @returns Whether it came; false if the time was over.
 * @throws The signal's reason, if that aborted the wait.
 */
export async function endsWithin(end: Promise<void>, wait?: WaitOptions): Promise<boolean> {
  const deadline = deadlineOf(wait);
  throwIfAborted(wait);
  const signal = wait?.signal;
  if (deadline === Infinity && signal === undefined) return await end.then(() => true);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let abort: (() => void) | undefined;
  try {
    return await new Promise<boolean>((resolve, reject) => {
      const tick = (): void => {
        const rest = deadline - performance.now();
        if (rest <= 0) resolve(false);
        else timer = setTimeout(tick, Math.min(rest, LONGEST_TIMER));
      };
      abort = () => reject(signal!.reason);
      void end.then(() => resolve(true));
      signal?.addEventListener("abort", abort, { once: true });
      // Even a poll gives the event loop one turn, in which an end that has come is seen.
      if (deadline !== Infinity) timer = setTimeout(tick, 0);
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort!);
  }
}
