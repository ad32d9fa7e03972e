/** What a worker counts of itself. */
import type { WordIndex } from "../memory/words.ts";
import { type PoolMemory, WORKER } from "../tasks/layout.ts";

/** Counts; what its predecessor in the same place has counted stays counted. */
export class Tally {
  readonly #memory: PoolMemory;
  readonly #worker: WordIndex;
  #tasks: number;
  #steals: number;
  #busy: number;
  #wait: number;
  #since: number = performance.now();

  /**
   * @param memory The words.
   * @param worker The control block of the worker, who alone writes these.
   */
  constructor(memory: PoolMemory, worker: WordIndex) {
    const { words } = memory;
    this.#memory = memory;
    this.#worker = worker;
    this.#tasks = words.load(worker + WORKER.tasks);
    this.#steals = words.load(worker + WORKER.steals);
    this.#busy = words.load(worker + WORKER.busy) / 10;
    this.#wait = words.load(worker + WORKER.wait) / 10;
  }

  /** It has run a task. */
  ran(): void {
    // Plain: whoever asks for it is told what was true a moment ago in any case.
    this.#memory.plain.set(this.#worker + WORKER.tasks, ++this.#tasks | 0);
  }

  /** It has taken one that another worker had queued. */
  stole(): void {
    this.#memory.plain.set(this.#worker + WORKER.steals, ++this.#steals | 0);
  }

  /** It has something to run from here on. */
  begin(): void {
    const now = performance.now();
    this.#wait += now - this.#since;
    this.#since = now;
    this.#memory.plain.set(this.#worker + WORKER.wait, Math.round(this.#wait * 10));
  }

  /** It has nothing to run any more. */
  end(): void {
    const now = performance.now();
    this.#busy += now - this.#since;
    this.#since = now;
    this.#memory.plain.set(this.#worker + WORKER.busy, Math.round(this.#busy * 10));
  }
}
