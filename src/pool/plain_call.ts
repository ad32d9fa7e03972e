/**
 * Calls of which nothing is kept but the function that resolves their promise: what can be neither taken back, nor
 * timed, nor tried again needs no order. With thousands in flight, what is kept for each is what the garbage collector
 * copies, and that is half of what a call costs.
 */
import type { TaskLimits } from "./options.ts";
import { Pending } from "./order.ts";

/** Settles a promise: with a value, or with what {@linkcode rejection} gives. */
export type Resolve = (value: unknown) => void;

/** What a call may take of which nothing is kept. */
export const UNLIMITED: TaskLimits = { timeout: Infinity, retries: 0 };

/** Whether nothing must be kept of a call with these limits. */
export function isUnlimited({ timeout, retries }: TaskLimits): boolean {
  return timeout === Infinity && retries === 0;
}

/** Such a call where more must be known of it: when it fails, or has no record yet. */
export class PlainCall extends Pending {
  readonly #resolve: Resolve;

  /** @param resolve Told how it ends. */
  constructor(resolve: Resolve) {
    super(UNLIMITED);
    this.#resolve = resolve;
  }

  override resolve(value: unknown): void {
    this.#resolve(value);
  }

  override reject(error: unknown): void {
    this.#resolve(rejection(error));
  }
}

/** What rejects the promise that is resolved with it. */
function rejection(reason: unknown): PromiseLike<never> {
  const rejecting = { then: (_: unknown, reject: (reason: unknown) => void) => reject(reason) };
  return rejecting as unknown as PromiseLike<never>;
}

let taken: Resolve;

/** What a promise is made with whose function is then asked for by {@linkcode takeResolve}; it makes no closure. */
export function giveResolve(resolve: (value: never) => void): void {
  taken = resolve as Resolve;
}

/** What resolves the promise that was made last with {@linkcode giveResolve}. */
export function takeResolve(): Resolve {
  return taken;
}
