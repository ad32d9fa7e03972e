/** An iterator that a manager hosts: what a generator of a registered class becomes. */
import { Hosted, isHosted, setProxyOf } from "./hosted.ts";
import { ask, askSync } from "./operations.ts";
import { TYPE } from "./types.ts";

/** The iterator on the event loop and on the thread; the manager forgets it when it has ended. */
export class IteratorProxy extends Hosted {
  /** Whether there is nothing more to come. */
  isDone = false;

  /** What it is called in messages. */
  get [Symbol.toStringTag](): string {
    return "IteratorProxy";
  }

  /** Iterates on the event loop. */
  [Symbol.asyncIterator](): AsyncIterableIterator<unknown> {
    const step = async (act: string, value: unknown): Promise<IteratorResult<unknown>> => {
      if (this.isDone) return { done: true, value: act === "return" ? value : undefined };
      this.isDone = act === "return";
      try {
        return this.#shown(await ask(this, act, () => [value]));
      } catch (error) {
        throw this.#failed(error);
      }
    };
    return {
      next: (...args: [] | [unknown]) => step("next", args[0]),
      return: async (value?: unknown) => await step("return", await value),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Iterates, and blocks the thread. */
  [Symbol.iterator](): IterableIterator<unknown> {
    const step = (act: string, value: unknown): IteratorResult<unknown> => {
      if (this.isDone) return { done: true, value: act === "return" ? value : undefined };
      this.isDone = act === "return";
      try {
        return this.#shown(askSync(this, act, [value]));
      } catch (error) {
        throw this.#failed(error);
      }
    };
    return {
      next: (...args: [] | [unknown]) => step("next", args[0]),
      return: (value?: unknown) => step("return", value),
      [Symbol.iterator]() {
        return this;
      },
    };
  }

  #shown(result: unknown): IteratorResult<unknown> {
    const [done, value] = result as [boolean, unknown];
    if (done || this.isDone) this.#end();
    return { done, value };
  }

  /** Who has thrown has ended. */
  #failed(error: unknown): unknown {
    this.#end();
    return error;
  }

  #end(): void {
    this.isDone = true;
    this.dispose();
  }
}

/** What a call has returned, as the caller gets it. */
export function shownTo(result: unknown, isSync: boolean): unknown {
  if (!isHosted(result) || !(result instanceof IteratorProxy)) return result;
  return isSync ? result[Symbol.iterator]() : result[Symbol.asyncIterator]();
}

setProxyOf(TYPE.iterator, () => new IteratorProxy());
