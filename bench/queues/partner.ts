/** Both sides of a channel of messages and listeners, as MessagePort and `fork()` have them. */

import type { Figures } from "../contest.ts";
import * as task from "./task.ts";

/** One end. */
export interface Port {
  post(message: unknown): void;
  listen(listener: (message: unknown) => void): void;
}

/** Says how many messages follow, which are only counted. */
interface Follow {
  readonly follow: number;
}

/** Answers each message, and at the end of those that follow a count says so. */
export function partner({ post, listen }: Port): void {
  let left = 0;
  listen((message) => {
    if (left > 0) {
      if (--left === 0) post("done");
      return;
    }
    const follow = (message as Partial<Follow> | null)?.follow;
    if (follow === undefined) post(message);
    else left = follow;
  });
}

/** Measures what the other side is a {@linkcode partner} of. */
export async function measure({ post, listen }: Port): Promise<Figures> {
  const figures: Figures = {};
  let replied: (message: unknown) => void = () => {};
  listen((message) => replied(message));
  const reply = () => new Promise<unknown>((resolve) => replied = resolve);
  const run = async (count: number, message: (i: number) => unknown): Promise<number> => {
    post({ follow: count } satisfies Follow);
    const start = performance.now();
    const done = reply();
    for (let i = 0; i < count; i++) post(message(i));
    await done;
    return performance.now() - start;
  };
  if (task.isAsked("small")) {
    for (
      const [name, message] of [["numbers", (i: number) => i], ["objects", task.small]] as const
    ) {
      await run(task.MESSAGES / 4, message);
      const times = [await run(task.MESSAGES, message), await run(task.MESSAGES, message)];
      figures[`${name}, async, M/s`] = task.millions(task.MESSAGES, Math.min(...times));
    }
  }
  for (const [name, byteLength, count] of task.isAsked("large") ? task.LARGE : []) {
    const bytes = new Uint8Array(byteLength).fill(1);
    // Nobody holds them up, so they must not be too many at a time.
    const few = Math.max(1, Math.floor(2 ** 27 / byteLength));
    await run(few, () => bytes);
    let time = 0;
    for (let sent = 0; sent < count; sent += few) time += await run(few, () => bytes);
    figures[`${name}, GiB/s`] = task.gibibytes(byteLength * Math.ceil(count / few) * few, time);
  }
  if (task.isAsked("trips")) {
    await task.timeRoundTrips(figures, "async", async (i) => {
      const answer = reply();
      post(i);
      await answer;
    });
  }
  return figures;
}
