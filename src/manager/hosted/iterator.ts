/** An iterator of a registered class's method as the manager keeps it. */

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

/** Whether a result is an iterator that is to be iterated over, and no array or other collection. */
export function isIterator(value: unknown): value is AnyIterator {
  if (typeof value !== "object" || value === null) return false;
  const { next } = value as Partial<AnyIterator>;
  return typeof next === "function" &&
    (Symbol.iterator in value || Symbol.asyncIterator in value);
}

/** Runs as far as it is asked to. */
export class HostedIterator {
  readonly #iterator: AnyIterator;
  #isDone = false;

  /** @param iterator What the method returned. */
  constructor(iterator: AnyIterator) {
    this.#iterator = iterator;
  }

  async next(value: unknown): Promise<[done: boolean, value: unknown]> {
    return this.#shown(await this.#iterator.next(value as undefined));
  }

  async return(value: unknown): Promise<[done: boolean, value: unknown]> {
    this.#isDone = true;
    const result = await this.#iterator.return?.(value as never);
    return result === undefined ? [true, value] : this.#shown(result);
  }

  /** Nobody will ask any more: what it holds open is closed. */
  end(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    // What it throws nobody waits for.
    void Promise.resolve(this.#iterator.return?.()).catch(() => {});
  }

  #shown({ done, value }: IteratorResult<unknown>): [boolean, unknown] {
    this.#isDone ||= done ?? false;
    return [done ?? false, value];
  }
}
