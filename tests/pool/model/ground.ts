/** The words of a pool in a model: a few workers, submitters and tasks, and cells for the first that are queued. */

import type { WordIndex, WordMemory } from "../../../src/memory/words.ts";
import {
  POOL,
  type PoolMemory,
  SUBMITTER,
  TASK,
  WORKER,
  workerAt,
} from "../../../src/tasks/layout.ts";
import { type Table, table, type Verbs, type View } from "../../model/explore.ts";

/** Where the pool lies. */
export const POOL_AT: WordIndex = 1 << 16;
/** The state of a task that is to be claimed. */
const QUEUED = 1;

const BLOCKS = 1 << 20;
const BLOCK_STEP = 1 << 16;
const TASKS = 1 << 24;

/** Where the block of a submitter lies. */
export function blockAt(submitter: number): WordIndex {
  return BLOCKS + submitter * BLOCK_STEP;
}

/** Where the record of a task lies. */
export function taskAt(task: number): WordIndex {
  return TASKS + task * TASK.size;
}

/** What of a pool a model has. */
export interface Extent {
  readonly workers: number;
  readonly submitters: number;
  readonly tasks: number;
  /** How many tasks are put into a queue in all. */
  readonly puts: number;
  /** How many cells a queue has, a power of two; by default so many that it is never full. */
  readonly cells?: number;
  /** Whether the tasks are queued from the first. */
  readonly queued?: boolean;
  /** Words of the model's own, 0 at first. */
  readonly own?: readonly string[];
}

/** The words of a model. */
export class Ground {
  readonly table: Table;
  readonly #places: Map<WordIndex, number> = new Map();
  readonly #fixed: Map<WordIndex, number> = new Map();
  readonly #own: Map<string, number> = new Map();
  readonly #cells: number;

  constructor(extent: Extent) {
    const { workers, submitters, tasks, puts, cells, queued = false, own = [] } = extent;
    this.#cells = cells ?? Infinity;
    const declared: Record<string, number> = {};
    let count = 0;
    const declare = (name: string, at?: WordIndex, first = 0): number => {
      if (at !== undefined) this.#places.set(at, count);
      declared[name] = first;
      return count++;
    };
    declare("sleeping", POOL_AT + POOL.sleeping);
    declare("searcher", POOL_AT + POOL.searcher);
    declare("deaths", POOL_AT + POOL.deaths);
    this.#fixed.set(POOL_AT + POOL.phase, 0);
    this.#fixed.set(POOL_AT + POOL.submitters, submitters);
    for (let i = 0; i < workers; i++) declare(`sleep ${i}`, workerAt(POOL_AT, i) + WORKER.sleep);
    for (let i = 0; i < submitters; i++) {
      this.#fixed.set(POOL_AT + POOL.table + i, blockAt(i));
      declare(`completions ${i}`, blockAt(i) + SUBMITTER.completions);
      declare(`head ${i}`, blockAt(i) + SUBMITTER.head);
      declare(`tail ${i}`, blockAt(i) + SUBMITTER.tail);
      const headSeen = blockAt(i) + SUBMITTER.headSeen;
      // Changed only where a queue is full.
      if (cells === undefined) this.#fixed.set(headSeen, 0);
      else declare(`headSeen ${i}`, headSeen);
      for (let cell = 0; cell < (cells ?? puts); cell++) {
        declare(`queue ${i}[${cell}]`, blockAt(i) + SUBMITTER.queue + cell);
      }
    }
    for (let i = 0; i < tasks; i++) {
      declare(`task ${i}`, taskAt(i) + TASK.state, queued ? QUEUED : 0);
      declare(`next ${i}`, taskAt(i) + TASK.next);
    }
    for (const name of own) this.#own.set(name, declare(name));
    this.table = table(declared);
  }

  /** Where a word is in the model. */
  place(at: WordIndex): number {
    const place = this.#places.get(at);
    if (place === undefined) throw new Error(`the model leaves out word ${at}`);
    return place;
  }

  /** Where a word of the model's own is. */
  own(name: string): number {
    return this.#own.get(name)!;
  }

  /** The memory of a participant; plain words are steps like all others. */
  memory({ words }: Pick<Verbs, "words">): PoolMemory {
    const mapped: WordMemory = {
      load: (at) => this.#fixed.get(at) ?? words.load(this.place(at)),
      store: (at, value) => words.store(this.place(at), value),
      exchange: (at, value) => words.exchange(this.place(at), value),
      compareExchange: (at, expected, value) =>
        words.compareExchange(this.place(at), expected, value),
      add: (at, value) => words.add(this.place(at), value),
      and: (at, value) => words.and(this.place(at), value),
      or: (at, value) => words.or(this.place(at), value),
    };
    return {
      words: mapped,
      plain: {
        get: (at) => mapped.load(at),
        set: (at, value) => mapped.store(at, value),
        read: () => {
          throw new Error("no model copies words");
        },
        write: () => {
          throw new Error("no model copies words");
        },
      },
    };
  }

  /** Whether a task is queued, and stands where somebody will find it. */
  isFound(state: View, submitter: number, task: number): boolean {
    const block = blockAt(submitter);
    const tail = this.value(state, block + SUBMITTER.tail);
    for (let i = this.value(state, block + SUBMITTER.head); i < tail; i++) {
      const cell = SUBMITTER.queue + i % this.#cells;
      if (this.value(state, block + cell) === taskAt(task)) return true;
    }
    return false;
  }

  /** Whether a task is to be claimed. */
  isQueued(state: View, task: number): boolean {
    return (this.value(state, taskAt(task) + TASK.state) & 3) === QUEUED;
  }

  /** The value of a word of the pool in a state. */
  value(state: View, at: WordIndex): number {
    return state.word(this.place(at));
  }
}
