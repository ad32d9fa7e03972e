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
    const round = this.#last = this.#last % (2 ** 31 - 1) + 1;
    this.#open.push(round);
    return round;
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
    for (let left = Math.min(count, this.#open.length); left > 0; left--) this.#open.pop();
  }

  /** All but so many were given back by others; which, nobody knows, so the oldest. */
  keep(count: number): void {
    if (this.#open.length > count) this.#open.splice(0, this.#open.length - count);
  }
}
