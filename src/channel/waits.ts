/** What takers and putters wait for. */
import type { Waitable } from "../parking/waitable.ts";
import type { Frontier } from "./frontier.ts";

/** How somebody waits. All event loops are woken at once, but of the threads only one. */
export type By = "thread" | "loop";

/**
 * A message.
 *
 * @param take Takes it; `undefined` if there is none.
 * @param what What it is called in the message of a timeout.
 */
export function arrival<T>(
  frontier: Frontier,
  take: () => T | undefined,
  by: By,
  what: string,
): Waitable<T> {
  let hasSlept = false;
  return {
    at: frontier.tailWord,
    what,
    attempt() {
      const taken = take();
      if (taken !== undefined && hasSlept) frontier.passTakersOn();
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
 * @param what What it is called in the message of a timeout.
 */
export function room<T>(
  frontier: Frontier,
  put: () => T | undefined,
  weight: number,
  by: By,
  what: string,
): Waitable<T> {
  let hasSlept = false;
  return {
    at: frontier.headWord,
    what,
    attempt() {
      const done = put();
      if (done !== undefined && hasSlept) frontier.passPuttersOn();
      return done;
    },
    announce() {
      hasSlept = by === "thread";
      return frontier.announcePutter(weight);
    },
  };
}
