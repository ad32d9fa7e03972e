/** Time, timers and microtasks of a process in a model, in place of the runtime's. */

import type { Verbs } from "../explore.ts";

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** The clock of one participant: it advances only in waits that time out. */
export class Clock {
  readonly #verbs: Verbs;
  readonly #timers: Map<number, Timer> = new Map();
  readonly #microtasks: (() => void)[] = [];
  #nextTimer = 1;

  constructor(verbs: Verbs) {
    this.#verbs = verbs;
  }

  /** Calls a function whose globals for time are those of the model. */
  within<T>(run: () => T): T {
    const { setTimeout, clearTimeout, queueMicrotask } = globalThis;
    const { now } = performance;
    const dateNow = Date.now;
    const elapsed = () => this.#verbs.elapsed();
    Object.assign(globalThis, {
      setTimeout: (callback: () => void, delay: number) => {
        this.#timers.set(this.#nextTimer, { due: elapsed() + delay, callback });
        return this.#nextTimer++;
      },
      clearTimeout: (timer: number) => this.#timers.delete(timer),
      queueMicrotask: (callback: () => void) => this.#microtasks.push(callback),
    });
    performance.now = elapsed;
    Date.now = elapsed;
    try {
      return run();
    } finally {
      Object.assign(globalThis, { setTimeout, clearTimeout, queueMicrotask });
      performance.now = now;
      Date.now = dateNow;
    }
  }

  /** A turn of the event loop: what is queued, or else a bell or a timer, whichever comes first. */
  turn(onRing: () => void): void {
    const microtask = this.#microtasks.shift();
    if (microtask !== undefined) return microtask();
    let next = Infinity;
    for (const { due } of this.#timers.values()) next = Math.min(next, due);
    if (this.#verbs.hear(next - this.#verbs.elapsed())) onRing();
    else {
      for (const [id, { due, callback }] of [...this.#timers]) {
        if (due <= this.#verbs.elapsed() && this.#timers.delete(id)) callback();
      }
    }
  }
}
