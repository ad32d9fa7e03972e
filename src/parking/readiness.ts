/**
 * Readiness: what can be waited for together with other things, of whichever layer.
 *
 * A class says here how its objects are waited for; who waits for several at once needs to know nothing else of it,
 * and may lie below it.
 */
import type { Waitable } from "./waitable.ts";

/** How one object is waited for, from one moment on. */
export interface Readiness {
  /** Whether using it would not wait. */
  isReady(): boolean;
  /** Resolves when it is ready, and rejects when the signal is aborted, which comes in any case. */
  until(signal: AbortSignal): Promise<unknown>;
  /**
   * The word that changes when that may have come true; its attempt takes nothing. Without one, who blocks a thread
   * asks every so often.
   */
  readonly waitable?: Waitable<true>;
}

const makers: Map<object, (object: object) => Readiness> = new Map();

/**
 * Lets the objects of a class and of its subclasses be waited for.
 *
 * @param prototype The prototype of the class.
 * @param make Begins to wait for an object; throws if that cannot be waited for as it is.
 */
export function registerReadiness<T extends object>(
  prototype: T,
  make: (object: T) => Readiness,
): void {
  makers.set(prototype, make as (object: object) => Readiness);
}

/** Begins to wait for an object; `undefined` if none of its kind can be waited for. */
export function readinessOf(object: unknown): Readiness | undefined {
  if (typeof object !== "object" || object === null) return undefined;
  let prototype: object | null = Object.getPrototypeOf(object);
  for (; prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const make = makers.get(prototype);
    if (make !== undefined) return make(object);
  }
  return undefined;
}
