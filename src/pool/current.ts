/** What a process is to pools: where the worker's side and the submitter's side of one process meet. */
import type { WordIndex } from "../memory/words.ts";
import type { Functions } from "./functions.ts";
import type { Order } from "./order.ts";
import type { Submitter } from "./submitter.ts";

/** A process that works for a pool. */
export interface Post {
  /** The pool. */
  readonly pool: WordIndex;
  /** Its functions as this process knows them. */
  readonly functions: Functions;
  /** What its tasks submit from, as soon as one does. */
  submitter: Submitter | undefined;
  /**
   * Runs a task on this thread that was submitted here, unless somebody has begun it.
   *
   * @throws {ProcessError} if it is asynchronous: it cannot go on before this thread gives its event loop a turn.
   */
  help(order: Order): boolean;
  /** Tasks of this worker wait for others: it must take more. */
  submitted(): void;
}

let post: Post | undefined;

/** What this process works for, if it is a worker. */
export function currentPost(): Post | undefined {
  return post;
}

/** This process works for a pool from here on. */
export function takePost(mine: Post): void {
  post = mine;
}
