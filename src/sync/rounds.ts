/** What this process has acquired and not given back: each acquisition has a number. */
export class Rounds {
  #last = 0;
  readonly #open: number[] = [];

  /** How many there are. */
  get length(): number {
    return this.#open.length;
  }

  /** Something was acquired; returns its number, which is not 0. */
  begin(): number {
    const round = this.#last = (this.#last + 1) | 0 || 1;
    this.#open.push(round);
    return round;
  }

  /** The number of the last one that was acquired. */
  get last(): number {
    return this.#last;
  }

  /** Whether something was acquired by this number. */
  isOpen(round: number): boolean {
    return this.#open.includes(round);
  }

  /** Whether something is left that was acquired no later than this number. */
  reachesBackTo(round: number): boolean {
    return this.#open.length > 0 && ((round - this.#open[0]) | 0) >= 0;
  }

  /** Something is given back by its number; false if it was before. */
  end(round: number): boolean {
    const open = this.#open;
    if (open.length > 0 && open[open.length - 1] === round) {
      open.pop();
      return true;
    }
    const index = open.lastIndexOf(round);
    if (index < 0) return false;
    open.splice(index, 1);
    return true;
  }

  /** So many are given back, the last first. */
  endLast(count: number): void {
    for (let left = count; left > 0 && this.#open.length > 0; left--) this.#open.pop();
  }

  /** All but so many were given back by others; which, nobody knows, so the oldest. */
  keep(count: number): void {
    if (this.#open.length > count) this.#open.splice(0, this.#open.length - count);
  }
}
