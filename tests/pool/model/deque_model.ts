/** The owner of a queue, who puts tasks and takes some back, and thieves, one of whom may die. */

import { SUBMITTER, TASK } from "../../../src/tasks/layout.ts";
import { adoptQueue, putTask, skipTaken, takeNewest, takeOldest } from "../../../src/pool/deque.ts";
import type { PoolMemory } from "../../../src/tasks/layout.ts";
import { claim, isQueued, queue, release, withdraw } from "../../../src/tasks/task.ts";
import { explore, type Program, type Report } from "../../model/explore.ts";
import { blockAt, Ground, taskAt } from "./ground.ts";

/** What the owner does: puts task n, takes the newest, gives task n up, uses it again, makes room, or is a successor. */
export type Act =
  | { readonly put: number }
  | "take"
  | { readonly withdraw: number }
  | { readonly reuse: number }
  | "skip"
  | "adopt";

/** What a model of the queue varies. */
export interface DequeModel {
  readonly acts: readonly Act[];
  /** How often each thief takes. */
  readonly thieves: readonly number[];
  /** How many cells the queue has, if it can be full: what finds no room there, the owner gives up. */
  readonly cells?: number;
  readonly deaths?: number;
  readonly preemptions?: number;
  /** Plants a bug. */
  readonly plant?: (memory: PoolMemory, who: number) => PoolMemory;
}

const BLOCK = blockAt(0);

/** Searches the model. */
export function exploreDeque(model: DequeModel): Report {
  const { acts, thieves, cells, deaths = 0 } = model;
  const plant = model.plant ?? ((memory) => memory);
  const puts = acts.filter((act) => typeof act === "object" && "put" in act).length;
  const tasks = 1 + Math.max(
    0,
    ...acts.map((act) => typeof act === "object" && "put" in act ? act.put : 0),
  );
  const ground = new Ground({ workers: 0, submitters: 1, tasks, puts, cells });

  const own: Program = (verbs) => {
    const memory = plant(ground.memory(verbs), 0);
    const { words } = memory;
    const mine = (task: number) => claim(words, task, 1);
    const skip = () => skipTaken(words, BLOCK, (task) => isQueued(words, task), cells);
    const put = (task: number) => putTask(memory, BLOCK, task, cells);
    for (const act of acts) {
      if (act === "take") takeNewest(memory, BLOCK, mine, cells);
      else if (act === "skip") skip();
      else if (act === "adopt") adoptQueue(words, BLOCK);
      else if ("withdraw" in act) withdraw(words, taskAt(act.withdraw));
      else if ("reuse" in act) {
        // It is done, and its record is free for another.
        if (words.load(taskAt(act.reuse) + TASK.state) >>> 2 !== 1) return;
        release(words, taskAt(act.reuse));
      } else {
        const task = taskAt(act.put);
        queue(words, task);
        if (put(task) || (skip() && put(task))) continue;
        verbs.assert(cells !== undefined && withdraw(words, task), "there is room");
      }
    }
  };
  const steal = (who: number): Program => (verbs) => {
    const memory = plant(ground.memory(verbs), who);
    for (let i = 0; i < thieves[who - 1]; i++) {
      takeOldest(memory.words, BLOCK, (task) => claim(memory.words, task, who + 1), cells);
    }
  };
  /** A worker that comes afterwards, and takes all there is. */
  const sweep: Program = (verbs) => {
    const { words } = plant(ground.memory(verbs), 0);
    for (;;) {
      const task = takeOldest(words, BLOCK, (task) => claim(words, task, 100), cells);
      if (task === 0) return;
      verbs.assert(task >= taskAt(0), "what is taken is a task");
    }
  };

  return explore({
    words: ground.table,
    participants: [
      { name: "owner", run: own, mortal: false },
      ...thieves.map((_, i) => ({ name: `thief ${i + 1}`, run: [steal(i + 1), sweep] })),
    ],
    invariants: {
      "the head never passes the tail by more than the one that is taken back": (state) =>
        ground.value(state, BLOCK + SUBMITTER.head) -
            ground.value(state, BLOCK + SUBMITTER.tail) <= 1,
    },
    outcomes: {
      "every task that is queued stands in the queue": (state) =>
        Array.from({ length: tasks }, (_, task) => task)
          .every((task) => !ground.isQueued(state, task) || ground.isFound(state, 0, task)),
    },
    deaths,
    maxSteps: 1000,
    ...(model.preemptions !== undefined && { preemptions: model.preemptions }),
  });
}
