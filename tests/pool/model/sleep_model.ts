/**
 * Submitters that put tasks, and workers that search, take one and sleep, some of whom may die. A worker that has
 * a task is busy with it for ever: what else is queued is for others.
 */

import { putTask, takeOldest } from "../../../src/pool/deque.ts";
import { type PoolMemory, WORKER, workerAt } from "../../../src/tasks/layout.ts";
import {
  announceWorker,
  beginSearch,
  endSearch,
  endSleep,
  mustWake,
  vacate,
  wakeAnother,
  wakeOne,
} from "../../../src/pool/sleep.ts";
import { claim, queue } from "../../../src/tasks/task.ts";
import { explore, type Program, type Report, type Verbs } from "../../model/explore.ts";
import { blockAt, Ground, POOL_AT, taskAt } from "./ground.ts";

/** What a model of sleeping varies. */
export interface SleepModel {
  readonly workers: number;
  /** How many tasks each submitter puts. */
  readonly puts: readonly number[];
  readonly deaths?: number;
  readonly spurious?: number;
  readonly preemptions?: number;
  /** Plants a bug. */
  readonly plant?:
    | "wakes nobody"
    | "looks before it puts"
    | "the dead search on"
    | "sleeps at once";
}

/** Searches the model. */
export function exploreSleep(model: SleepModel): Report {
  const { workers, puts, deaths = 0, plant } = model;
  const tasks = puts.reduce((sum, count) => sum + count, 0);
  const ground = new Ground({
    workers,
    submitters: puts.length,
    tasks,
    puts: Math.max(...puts),
  });
  const sleepOf = (worker: number) => ground.place(workerAt(POOL_AT, worker) + WORKER.sleep);
  const rouse = (verbs: Verbs, worker: number) => {
    if (worker >= 0) verbs.kernel.wake(sleepOf(worker), 1);
  };

  const submit = (who: number): Program => (verbs) => {
    const memory = ground.memory(verbs);
    const first = puts.slice(0, who).reduce((sum, count) => sum + count, 0);
    for (let i = 0; i < puts[who]; i++) {
      const task = taskAt(first + i);
      let wakes = plant === "looks before it puts" && mustWake(memory.words, POOL_AT);
      queue(memory.words, task);
      putTask(memory, blockAt(who), task);
      if (plant !== "looks before it puts") wakes = mustWake(memory.words, POOL_AT);
      if (wakes) rouse(verbs, wakeOne(memory.words, POOL_AT, workers, 0));
    }
  };

  const work = (who: number): Program => (verbs) => {
    const memory = ground.memory(verbs);
    const { words } = memory;
    const self = workerAt(POOL_AT, who);
    for (;;) {
      if (beginSearch(words, POOL_AT, who)) {
        const found = look(memory, who, puts.length);
        endSearch(words, POOL_AT, who);
        if (found) return begin(verbs, memory, who);
      }
      if (look(memory, who, puts.length)) return begin(verbs, memory, who);
      const expected = announceWorker(
        plant === "sleeps at once" ? blind(memory).words : words,
        POOL_AT,
        self,
      );
      if (expected !== undefined) verbs.kernel.wait(sleepOf(who), expected, Infinity);
    }
  };

  /** It has found a task after it has searched or slept. */
  const begin = (verbs: Verbs, { words }: PoolMemory, who: number) => {
    if (plant !== "wakes nobody") rouse(verbs, wakeAnother(words, POOL_AT, workers, who));
  };

  const recover: Program = (verbs) => {
    const { words } = ground.memory(verbs);
    // A recovery wakes everybody: the dead one may have ended a sleep, and not come to wake the sleeper.
    for (let worker = 0; worker < workers; worker++) verbs.kernel.wake(sleepOf(worker), 1);
    for (let worker = 0; worker < workers; worker++) {
      if (verbs.alive(worker)) continue;
      if (plant === "the dead search on") endSleep(words, POOL_AT, workerAt(POOL_AT, worker));
      else for (const other of vacate(words, POOL_AT, workers, worker)) rouse(verbs, other);
    }
  };

  return explore({
    words: ground.table,
    participants: [
      ...Array.from({ length: workers }, (_, who) => ({
        name: `worker ${who + 1}`,
        run: work(who),
        mayBlock: true,
        forgets: true,
      })),
      ...puts.map((_, who) => ({ name: `submitter ${who + 1}`, run: submit(who), mortal: false })),
      ...Array.from({ length: deaths }, (_, i) => ({
        name: `recoverer ${i + 1}`,
        run: recover,
        startsAfter: i + 1,
        mortal: false,
      })),
    ],
    outcomes: {
      "no task is left while a worker sleeps": (state) =>
        Array.from({ length: workers }, (_, who) => who)
          .every((who) => state.dead(who) || state.finished(who)) ||
        Array.from({ length: tasks }, (_, task) => task)
          .every((task) => !ground.isQueued(state, task)),
    },
    deaths,
    spurious: model.spurious ?? 0,
    patience: false,
    maxSteps: 400,
    ...(model.preemptions !== undefined && { preemptions: model.preemptions }),
  });
}

/** What a worker does when it looks: takes a task, and is awake then. */
function look({ words }: PoolMemory, who: number, submitters: number): boolean {
  for (let submitter = 0; submitter < submitters; submitter++) {
    const task = takeOldest(words, blockAt(submitter), (task) => claim(words, task, who + 1));
    if (task === 0) continue;
    endSleep(words, POOL_AT, workerAt(POOL_AT, who));
    return true;
  }
  return false;
}

/** A memory in which nothing is queued. */
function blind(memory: PoolMemory): PoolMemory {
  const load = (at: number): number => at >= blockAt(0) ? 0 : memory.words.load(at);
  return { ...memory, words: { ...memory.words, load } };
}
