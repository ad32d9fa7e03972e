/** Participants that take and release one lock through the real parking, and whoever recovers the dead. */

import { explore, type Program, type Report, type View } from "../explore.ts";
import { ABANDONED, acquisition, FREE, recoverLock, release } from "./lock.ts";
import type { Plant } from "./plants.ts";
import { type Kind, Process } from "./process.ts";
import { Region, SUBJECT } from "./region.ts";

/** What a model of the lock varies. */
export interface LockModel {
  /** How each participant waits. */
  readonly kinds: readonly Kind[];
  /** How often the first one takes the lock (default 1). */
  readonly rounds?: number;
  /** How long each is willing to wait, in ms (default for ever). */
  readonly deadline?: number;
  readonly deaths?: number;
  readonly spurious?: number;
  readonly timeouts?: number;
  readonly preemptions?: number;
  /** Plants a bug: who has waited takes the lock as if nobody else waited. */
  readonly forgetful?: boolean;
  /** Plants a bug in the order of steps. */
  readonly plant?: Plant;
  /** Plants a bug: a recovery wakes nobody. */
  readonly silent?: boolean;
}

/**
 * Searches the model. A sleep that only its inspection interval would end counts as a deadlock:
 * looking again every 100 ms is for deaths that nobody has noticed, not for wakes that were lost.
 */
export function exploreLock(model: LockModel): Report {
  const { kinds, rounds = 1, deadline = Infinity, deaths = 0 } = model;
  const region = new Region(kinds.length + deaths);

  const acquire = (slot: number): Program => (verbs) => {
    const process = new Process(verbs, region, slot, model.plant);
    const waitable = acquisition(process.words, process.owner, model.forgetful ?? false);
    return process.wait(kinds[slot], waitable, deadline) ?? "timed out";
  };
  const use = (slot: number): Program => (verbs, acquired) => {
    if (acquired === "timed out") return verbs.note(acquired);
    verbs.note("holds");
    verbs.pause();
    verbs.note(acquired === "abandoned" ? "was told" : "");
    const process = new Process(verbs, region, slot, model.plant);
    process.run(() => {
      if (release(process.words)) process.parking.wake(SUBJECT, 1);
    });
  };
  const recover = (slot: number): Program => (verbs) => {
    const process = new Process(verbs, region, slot);
    process.recovery.addStep((dead) => recoverLock(process.words, dead));
    if (model.silent) process.recovery.setWakeEveryone(() => {});
    process.run(() => process.recovery.sweep());
  };

  const users = kinds.map((kind, slot) => ({
    name: `${"ABCDEF"[slot]} ${kind}`,
    run: Array(slot === 0 ? rounds : 1).fill([acquire(slot), use(slot)]).flat(),
    forgets: true,
  }));
  const recoverers = Array.from({ length: deaths }, (_, i) => ({
    name: `recoverer ${i + 1}`,
    run: recover(kinds.length + i),
    startsAfter: i + 1,
  }));
  return explore({
    words: region.table,
    participants: [...users, ...recoverers],
    invariants: { "at most one holds the lock": (state) => state.noting("holds").length <= 1 },
    outcomes: {
      "the lock is free": (state) => [FREE, ABANDONED].includes(state.word(0)),
      "who comes after a dead holder is told": (state) => isTold(state, kinds.length),
    },
    deaths,
    spurious: model.spurious ?? 0,
    timeouts: model.timeouts ?? 0,
    patience: false,
    ...(model.preemptions !== undefined && { preemptions: model.preemptions }),
  });
}

function isTold(state: View, users: number): boolean {
  const slots = Array.from({ length: users }, (_, slot) => slot);
  const died = slots.some((slot) => state.dead(slot) && state.note(slot) === "holds");
  return !died || state.word(0) === ABANDONED ||
    slots.some((slot) => state.note(slot) === "was told");
}
