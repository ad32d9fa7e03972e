/** The model checker: does every schedule keep the invariants and come to an end? */

import type { Participant } from "./participant.ts";
import { type Fault, Search, type Task } from "./search.ts";
import type { Table } from "./table.ts";
import { type Show, trace } from "./trace.ts";
import type { Invariants } from "./view.ts";

export type { Participant, Program, Verbs } from "./participant.ts";
export { type Table, table } from "./table.ts";
export type { View } from "./view.ts";

/** A model, and how far to search it. */
export interface Model {
  readonly participants: readonly Participant[];
  readonly words: Table;
  /** What holds in every state. */
  readonly invariants?: Invariants;
  /** What holds when nobody can go on. */
  readonly outcomes?: Invariants;
  /** How many may die in one schedule (default 0). */
  readonly deaths?: number;
  /** How many waits may return for no reason in one schedule (default 0). */
  readonly spurious?: number;
  /**
   * How many waits may time out in one schedule while others could go on (default 0). When nobody
   * can, time passes, and that costs nothing.
   */
  readonly timeouts?: number;
  /**
   * Whether it will do that somebody gets on by a timeout alone (default true). With false that is
   * a deadlock, so that a bounded sleep does not hide a lost wake-up.
   */
  readonly patience?: boolean;
  /** How often a participant may be interrupted that could go on (default Infinity). */
  readonly preemptions?: number;
  /** After how many states to give up (default 4,000,000). */
  readonly maxStates?: number;
  /** How many steps a program may take before that is a livelock (default 200). */
  readonly maxSteps?: number;
  /** How traces write the value of a word. */
  readonly show?: Show;
}

/** A schedule that breaks a model. */
export interface Violation {
  /** What is wrong: the sentence of the invariant, "deadlock: …", "livelock: …". */
  readonly fact: string;
  /** The schedule, a line a step. */
  readonly trace: readonly string[];
}

/** What a search found. */
export interface Report {
  readonly states: number;
  /** Steps looked at; many lead to a state that was known. */
  readonly steps: number;
  /** How often a program was called. */
  readonly runs: number;
  readonly seconds: number;
  /** Whether every schedule was looked at. */
  readonly complete: boolean;
  /** What was not looked at. */
  readonly cut?: "preemptions" | "states";
  readonly violation?: Violation;
}

/** How large a second search for a trace that is easier to read may become. */
const RETELLING_STATES = 1_000_000;

/** Searches a model. */
export function explore(model: Model): Report {
  const start = performance.now();
  const task: Task = {
    participants: model.participants,
    initial: model.words.initial,
    invariants: model.invariants ?? {},
    outcomes: model.outcomes ?? {},
    budget: {
      deaths: model.deaths ?? 0,
      spurious: model.spurious ?? 0,
      timeouts: model.timeouts ?? 0,
      patience: model.patience ?? true,
    },
    maxStates: model.maxStates ?? 4_000_000,
    maxSteps: model.maxSteps ?? 200,
  };
  const preemptions = model.preemptions === Infinity ? undefined : model.preemptions;
  const { search, fault } = run(task, preemptions);
  for (const positions of search.shape.positions) positions.check();
  return {
    states: search.seen.size,
    steps: search.steps,
    runs: search.runs,
    complete: fault === undefined && search.cut === undefined,
    ...(search.cut && { cut: search.cut }),
    ...(fault && { violation: violation(model, task, search, fault) }),
    seconds: (performance.now() - start) / 1000,
  };
}

/** Searches until nothing speaks against what the search believed of the words. */
function run(
  task: Task,
  preemptions: number | undefined,
): { search: Search; fault: Fault | undefined } {
  let search: Search | undefined;
  for (;;) {
    search = new Search(task, search);
    const fault = preemptions === undefined ? search.all() : search.bounded(preemptions);
    if (fault !== undefined || !search.stale) return { search, fault };
  }
}

/** The fault as a schedule with as few preemptions as possible, as that is what a person can read. */
function violation(model: Model, task: Task, search: Search, fault: Fault): Violation {
  const show: Show = model.show ?? String;
  let told = { search, fault };
  if (model.preemptions === undefined || model.preemptions === Infinity) {
    const again = run({ ...task, maxStates: RETELLING_STATES }, Infinity);
    if (again.fault !== undefined) told = { search: again.search, fault: again.fault };
  }
  return {
    fact: told.fault.fact,
    trace: trace(told.search, told.fault.index, model.words.names, show),
  };
}
