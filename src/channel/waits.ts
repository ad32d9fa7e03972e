/** What takers and putters wait for. */
import type { Waitable } from "../parking/waitable.ts";
import type { Frontier } from "./frontier.ts";

/** Calls what throws when somebody else may go on with what this one was woken for. */
function unlessThrown<T>(attempt: () => T, passOn: () => void): T {
  try {
    return attempt();
  } catch (error) {
    passOn();
    throw error;
  }
}

/** Who waits, and how. All event loops are woken at once, but of the threads only one. */
export interface Waiter {
  readonly by: "thread" | "loop";
  /** What it waits for, in the message of a timeout. */
  readonly what: string;
  /** The handle that it waits with. */
  readonly keeps?: object;
}

/**
 * A message.
 *
 * @param take Takes it; `undefined` if there is none.
 */
export function arrival<T>(
  frontier: Frontier,
  take: () => T | undefined,
  { by, ...waiter }: Waiter,
): Waitable<T> {
  let hasSlept = false;
  return {
    ...waiter,
    at: frontier.tailWord,
    attempt() {
      if (!hasSlept) return take();
      const taken = unlessThrown(take, () => frontier.passTakersOn());
      if (taken !== undefined) frontier.passTakersOn();
      return taken;
    },
    announce() {
      hasSlept = by === "thread";
      return frontier.announceTaker();
    },
  };
}

/**
 * Room for a message.
 *
 * @param put Puts it; `undefined` if there is no room.
 * @param weight How much room it needs.
 */
export function room<T>(
  frontier: Frontier,
  put: () => T | undefined,
  weight: number,
  { by, ...waiter }: Waiter,
): Waitable<T> {
  let hasSlept = false;
  return {
    ...waiter,
    at: frontier.headWord,
    attempt() {
      if (!hasSlept) return put();
      const done = unlessThrown(put, () => frontier.passPuttersOn());
      if (done !== undefined) frontier.passPuttersOn();
      return done;
    },
    announce() {
      hasSlept = by === "thread";
      return frontier.announcePutter(weight);
    },
  };
}
