/** What is said to a manager, and what it answers. */

/** Names something that a manager hosts; 0 is the manager itself. */
export type Reference = number;

/** A request: who asks, the number of the call (0 if nobody waits for an answer), of what, which act, with what. */
export type Request = readonly [
  session: number,
  call: number,
  target: Reference,
  act: string,
  args: readonly unknown[],
];

/** A reply: to which call, whether it failed, and the value or the error. */
export type Reply = readonly [call: number, failed: boolean, value: unknown];

/** The way to a manager. */
export interface Link {
  /** Asks, and waits on the event loop. */
  call(target: Reference, act: string, args: readonly unknown[]): Promise<unknown>;
  /**
   * Asks, and blocks this thread.
   *
   * @throws {UnsupportedError} where the way is a socket.
   */
  callSync(target: Reference, act: string, args: readonly unknown[]): unknown;
}
