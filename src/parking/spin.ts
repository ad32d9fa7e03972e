/** Looking again for a short while before sleeping: only where it pays. */
import type { Platform } from "../platform/port.ts";

/** How long a look is worth while, in ms: about what going to sleep and being woken costs. */
const SPIN = 0.03;

/** The same where both sides sleep and wake each other in turn, which whoever looks saves twice. */
const LONG_SPIN = 0.2;

/** After how many looks the clock is read and others are let have the processor, which costs as much as some of them. */
const LOOKS = 4;

/** How many spins in vain end the habit, and after how many chances it is tried again. */
const PATIENCE = 4;
const RETRY = 32;

/**
 * Spins as long as that has lately been of use.
 *
 * The kernel may have put the one who is waited for on the same processor: so that is given away again and again.
 *
 * Two that wake each other by turns may both have lost the habit, though either would find the answer of the other soon.
 * So who says how its sleeps end, by {@linkcode Spinner.slept}, tries again after short ones: after one, and each
 * time that this was in vain after twice as many.
 */
export class Spinner {
  readonly #platform: Pick<Platform, "processors" | "giveWay">;
  readonly #clock: () => number;
  readonly #isUseful: boolean;
  readonly #usual: number;
  #duration: number;
  #credit = PATIENCE;
  #chances = 0;
  #since = 0;
  #shortSleeps = 0;
  #doubt = 1;

  /**
   * @param platform The machine: who spins on its only processor keeps others from working.
   * @param duration How long a look is worth while, in ms.
   * @param clock The time, in ms.
   */
  constructor(
    platform: Pick<Platform, "processors" | "giveWay">,
    duration: number = SPIN,
    clock: () => number = () => performance.now(),
  ) {
    this.#platform = platform;
    this.#clock = clock;
    this.#isUseful = platform.processors() > 1;
    this.#duration = this.#usual = duration;
  }

  /** Looks until it finds something or the time is over; `undefined` if it found nothing. */
  spin<T>(look: () => T | undefined): T | undefined {
    if (!this.#isUseful) return undefined;
    const now = this.#since = this.#clock();
    if (this.#credit <= 0 && ++this.#chances % RETRY !== 0) return undefined;
    const end = now + this.#duration;
    do {
      for (let i = 0; i < LOOKS; i++) {
        const found = look();
        if (found === undefined) continue;
        this.#credit = PATIENCE;
        this.#doubt = 1;
        return found;
      }
      this.#platform.giveWay();
    } while (this.#clock() < end);
    this.#credit = Math.max(0, this.#credit - 1);
    return undefined;
  }

  /** What the last spin had not found has come, and the one who slept for it is awake. */
  slept(): void {
    if (!this.#isUseful) return;
    const isShort = this.#clock() - this.#since < LONG_SPIN;
    if (!isShort) {
      this.#duration = this.#usual;
      this.#shortSleeps = 0;
    } else if (++this.#shortSleeps >= this.#doubt) {
      this.#duration = Math.max(this.#usual, LONG_SPIN);
      this.#credit = Math.max(1, this.#credit);
      this.#shortSleeps = 0;
      this.#doubt = Math.min(RETRY, 2 * this.#doubt);
    }
  }
}
