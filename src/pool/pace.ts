/**
 * When a submitter lets results lie for a moment.
 *
 * A submitter that sleeps is woken by the next result. Where thousands of short tasks are in flight, that is after
 * nearly every one of them: 10 to 20 µs of its time and of a worker's, for a task of as many. One that rests on a
 * timer is woken by nobody, and finds all that was done meanwhile. A result that had stood in the queue for longer
 * than that comes by so much later; the workers must not wait, so enough must be queued for all of the time.
 */

// Tests of users replace it by one whose time stands still.
const { setTimeout } = globalThis;

/** How long a rest is, in ms: what timers can do, and less than anybody waits for who has given so many tasks. */
const REST = 1;

/** How many results must be expected in a rest: it costs about as much as being woken. */
const WORTH = 3;

/** For how many rests of work must be queued: timers are late, and tasks uneven. */
const ENOUGH = 4;

/** Measures how fast results come. */
export class Pace {
  readonly #clock: () => number;
  #done = 0;
  #since: number;

  /** @param clock The time, in ms. */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#since = clock();
  }

  /** A result was taken. */
  count(): void {
    this.#done++;
  }

  /**
   * Whether to rest rather than to sleep, by the results since this was last asked: none that came in a rest, and it
   * sleeps.
   *
   * @param queued How many tasks the workers can take meanwhile.
   */
  mayRest(queued: number): boolean {
    const now = this.#clock();
    const expected = this.#done / (now - this.#since) * REST;
    this.#done = 0;
    this.#since = now;
    return expected >= WORTH && queued >= ENOUGH * expected;
  }
}

/** Lets timers, sockets and messages have their turn for the length of a rest. */
export function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, REST));
}
