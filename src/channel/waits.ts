/** What takers and putters wait for. */
import type { WordIndex } from "../memory/words.ts";
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

/** What one waits for who passes on what was meant for another, should it have slept as a thread. */
function passing<T>(
  at: WordIndex,
  act: { attempt(): T | undefined; announce(): number | undefined; passOn(): void },
  { by, ...waiter }: Waiter,
): Waitable<T> {
  let hasSlept = false;
  return {
    ...waiter,
    at,
    attempt() {
      if (!hasSlept) return act.attempt();
      const done = unlessThrown(act.attempt, act.passOn);
      if (done !== undefined) act.passOn();
      return done;
    },
    announce() {
      hasSlept = by === "thread";
      return act.announce();
    },
  };
}

/**
 * A message.
 *
 * @param take Takes it; `undefined` if there is none.
 */
export function arrival<T>(
  frontier: Frontier,
  take: () => T | undefined,
  waiter: Waiter,
): Waitable<T> {
  const announce = () => frontier.announceTaker();
  const passOn = () => frontier.passTakersOn();
  return passing(frontier.tailWord, { attempt: take, announce, passOn }, waiter);
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
  waiter: Waiter,
): Waitable<T> {
  const announce = () => frontier.announcePutter(weight);
  const passOn = () => frontier.passPuttersOn();
  return passing(frontier.headWord, { attempt: put, announce, passOn }, waiter);
}
