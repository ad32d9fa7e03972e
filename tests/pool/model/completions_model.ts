/** Workers that complete a task each, one of whom may die, and the submitter that sleeps until all are settled. */

import {
  announceSubmitter,
  pushCompletion,
  takeCompletions,
} from "../../../src/pool/completions.ts";
import { POOL, type PoolMemory, TASK } from "../../../src/tasks/layout.ts";
import { claim, finish, release, stateFor, withdraw } from "../../../src/tasks/task.ts";
import { explore, type Program, type Report, type Verbs } from "../../model/explore.ts";
import { blockAt, Ground, POOL_AT, taskAt } from "./ground.ts";

/** What a model of the completion stack varies. */
export interface CompletionsModel {
  readonly workers: number;
  readonly deaths?: number;
  readonly spurious?: number;
  readonly preemptions?: number;
  /** Plants a bug: whether a worker wakes the submitter, and whether that looks at the stack before it buries. */
  readonly wakes?: boolean;
  readonly looksFirst?: boolean;
}

const BLOCK = blockAt(0);

/** Searches the model. */
export function exploreCompletions(model: CompletionsModel): Report {
  const { workers, deaths = 0, wakes = true, looksFirst = true } = model;
  const tasks = Array.from({ length: workers }, (_, task) => task);
  const ground = new Ground({
    workers: 0,
    submitters: 1,
    tasks: workers,
    puts: 0,
    queued: true,
    own: tasks.map((task) => `settled ${task}`),
  });

  const work = (who: number): Program => (verbs) => {
    const memory = ground.memory(verbs);
    const task = taskAt(who);
    if (!claim(memory.words, task, who + 1)) return;
    finish(memory.words, task, who + 1);
    if (pushCompletion(memory, BLOCK, task) && wakes) verbs.ring(workers);
    // It may die as late as here.
    if (deaths > 0) verbs.pause();
  };

  const submit: Program = (verbs) => {
    const memory = ground.memory(verbs);
    const { words } = memory;
    const settled = new Set<number>();
    const settle = (task: number) => {
      verbs.words.add(ground.own(`settled ${task}`), 1);
      release(words, taskAt(task));
      settled.add(task);
    };
    let known = 0;
    for (;;) {
      take(memory, settle);
      if (deaths > 0 && words.load(POOL_AT + POOL.deaths) !== known) {
        known++;
        bury(verbs, memory, settle, settled);
      }
      if (settled.size === workers) return;
      const expected = announceSubmitter(words, BLOCK);
      // It waits on its event loop: a ring is not lost, whenever it comes.
      if (expected !== undefined) verbs.hear();
    }
  };
  const bury = (
    verbs: Verbs,
    memory: PoolMemory,
    settle: (task: number) => void,
    settled: ReadonlySet<number>,
  ) => {
    if (looksFirst) take(memory, settle);
    for (const task of tasks) {
      if (settled.has(task) || verbs.alive(task)) continue;
      // What it had not begun, another would run.
      if (stateFor(memory.words, taskAt(task), task + 1) !== "none") settle(task);
      else if (withdraw(memory.words, taskAt(task))) settle(task);
    }
  };

  return explore({
    words: ground.table,
    participants: [
      ...tasks.map((who) => ({ name: `worker ${who + 1}`, run: work(who) })),
      { name: "submitter", run: submit, mortal: false },
      ...Array.from({ length: deaths }, (_, i) => ({
        name: `recoverer ${i + 1}`,
        run: ((verbs) => {
          ground.memory(verbs).words.add(POOL_AT + POOL.deaths, 1);
          verbs.ring(workers);
        }) as Program,
        startsAfter: i + 1,
        mortal: false,
      })),
    ],
    invariants: {
      "no task is settled twice": (state) =>
        tasks.every((task) => state.word(ground.own(`settled ${task}`)) <= 1),
    },
    outcomes: {
      "every task is settled": (state) =>
        tasks.every((task) => state.word(ground.own(`settled ${task}`)) === 1),
    },
    deaths,
    spurious: model.spurious ?? 0,
    patience: false,
    ...(model.preemptions !== undefined && { preemptions: model.preemptions }),
  });
}

function take(memory: PoolMemory, settle: (task: number) => void): void {
  for (let record = takeCompletions(memory, BLOCK) ?? 0; record > 0;) {
    const next = memory.plain.get(record + TASK.next);
    settle((record - taskAt(0)) / TASK.size);
    record = next;
  }
}
