/** Looking again for a short while before sleeping: only where it pays. */

/** How long a look is worth while, in ms: about what going to sleep and being woken costs. */
const SPIN = 0.03;

/** After how many looks the clock is read, which costs as much as some of them. */
const LOOKS = 16;

/** How many spins in vain end the habit, and after how many chances it is tried again. */
const PATIENCE = 4;
const RETRY = 32;

/** Spins as long as that has lately been of use. */
export class Spinner {
  readonly #isUseful: boolean;
  readonly #duration: number;
  #credit = PATIENCE;
  #chances = 0;

  /**
   * @param processors How many there are: who spins on the only one keeps others from working.
   * @param duration How long a look is worth while, in ms.
   */
  constructor(processors: number, duration: number = SPIN) {
    this.#isUseful = processors > 1;
    this.#duration = duration;
  }

  /** Looks until it finds something or the time is over; `undefined` if it found nothing. */
  spin<T>(look: () => T | undefined): T | undefined {
    if (!this.#isUseful) return undefined;
    if (this.#credit <= 0 && ++this.#chances % RETRY !== 0) return undefined;
    const end = performance.now() + this.#duration;
    do {
      for (let i = 0; i < LOOKS; i++) {
        const found = look();
        if (found === undefined) continue;
        this.#credit = PATIENCE;
        return found;
      }
    } while (performance.now() < end);
    this.#credit = Math.max(0, this.#credit - 1);
    return undefined;
  }
}
