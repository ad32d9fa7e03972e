/** First in, first out. */
export class Fifo<T> {
  #items: T[] = [];
  #begin = 0;

  /** How many there are. */
  get length(): number {
    return this.#items.length - this.#begin;
  }

  /** The one that was put first. */
  get first(): T | undefined {
    return this.#items[this.#begin];
  }

  /** Puts one behind all others. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the first; `undefined` if there is none. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#begin++];
    // Half of it is gone: move the rest, so that each item moves once.
    if (this.#begin * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#begin);
      this.#begin = 0;
    }
    return item;
  }
}
