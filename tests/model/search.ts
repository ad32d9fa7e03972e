/** The search through all states that a model can reach. */

import type { Participant } from "./participant.ts";
import { Seen } from "./seen.ts";
import { Shape } from "./state.ts";
import { type Budget, type Event, Stepper } from "./step.ts";
import { type Invariants, Window } from "./view.ts";

/** What is searched, with nothing left open. */
export interface Task {
  readonly participants: readonly Participant[];
  readonly initial: readonly number[];
  readonly invariants: Invariants;
  readonly outcomes: Invariants;
  readonly budget: Budget;
  readonly maxStates: number;
  readonly maxSteps: number;
}

/** A state that must not be. */
export interface Fault {
  readonly index: number;
  readonly fact: string;
}

/** One search; a violation is the first fault in its order. */
export class Search {
  readonly shape: Shape;
  readonly stepper: Stepper;
  readonly seen: Seen;
  /** How many steps were looked at. */
  steps = 0;
  /** What the search did not look at. */
  cut: "preemptions" | "states" | undefined;
  readonly #task: Task;
  readonly #window: Window;

  /** @param before An earlier search of the same task, for what it has learned. */
  constructor(task: Task, before?: Search) {
    this.#task = task;
    this.shape = before?.shape ?? new Shape(task.participants, task.initial.length);
    this.stepper = before?.stepper ?? new Stepper(this.shape, task.budget);
    this.stepper.footprints.restart();
    this.seen = new Seen(this.shape.length);
    const first = this.shape.first(task.initial);
    this.#window = new Window(this.shape, first, (at) => this.stepper.footprints.observe(at));
    this.seen.add(first, -1);
  }

  /** How often a program was called. */
  get runs(): number {
    return this.shape.positions.reduce((sum, { replays }) => sum + replays, 0);
  }

  /** Whether it believed what was not so: its faults are faults, but others may be missing. */
  get stale(): boolean {
    return this.stepper.footprints.stale;
  }

  /** Goes through all schedules, the ones with fewest steps first. */
  all(): Fault | undefined {
    for (let index = 0; index < this.seen.size; index++) {
      const fact = this.#expand(index, (after) => void this.seen.add(after, index));
      if (fact !== undefined) return { index, fact };
      if (this.stale || this.#full()) break;
    }
    return undefined;
  }

  /** Goes through the schedules with at most so many preemptions, those with fewest first. */
  bounded(preemptions: number): Fault | undefined {
    const { seen, shape } = this;
    const cheapest = [0];
    const expanded: boolean[] = [];
    let now: number[] = [0];
    for (let spent = 0; now.length > 0; spent++) {
      const later: number[] = [];
      for (let i = 0; i < now.length; i++) {
        const index = now[i];
        if (expanded[index]) continue;
        expanded[index] = true;
        const fact = this.#expand(index, (after, event, before) => {
          const cost = this.#preempts(before, event) ? 1 : 0;
          if (isSwitch(event)) shape.setLast(after, event.who);
          if (spent + cost > preemptions) {
            this.cut ??= "preemptions";
            return;
          }
          const found = seen.add(after, index);
          if (!seen.fresh) {
            if (cheapest[found] <= spent + cost) return;
            seen.setParent(found, index);
          }
          cheapest[found] = spent + cost;
          (cost === 0 ? now : later).push(found);
        });
        if (fact !== undefined) return { index, fact };
        if (this.stale || this.#full()) return undefined;
      }
      now = later;
    }
    return undefined;
  }

  /** Visits what follows a state; returns what is wrong with it. */
  #expand(
    index: number,
    visit: (after: Int32Array, event: Event, before: Int32Array) => void,
  ): string | undefined {
    const state = this.seen.get(index);
    const wrong = this.#failed(state) ?? this.#window.violated(this.#task.invariants, state);
    if (wrong !== undefined) return wrong;
    const moves = this.stepper.visitAll(state, (after, event) => {
      this.steps++;
      visit(after, event, state);
    });
    if (moves) return undefined;
    return this.#stuck(state) ?? this.#window.violated(this.#task.outcomes, state);
  }

  #failed(state: Int32Array): string | undefined {
    const { shape } = this;
    for (let who = 0; who < shape.participants.length; who++) {
      const { next, depth } = shape.position(state, who);
      const { name } = shape.participants[who];
      if (next.state === "failed") return `${name}: ${next.message}`;
      if (depth > this.#task.maxSteps) {
        return `livelock: ${name} is not done after ${this.#task.maxSteps} steps`;
      }
    }
    return undefined;
  }

  #stuck(state: Int32Array): string | undefined {
    const { shape } = this;
    const waiting = shape.participants.filter(({ mayBlock }, who) =>
      !mayBlock && shape.started(state, who) && shape.living(state, who)
    );
    if (waiting.length === 0) return undefined;
    return `deadlock: ${waiting.map(({ name }) => name).join(", ")} can never go on`;
  }

  #preempts(before: Int32Array, event: Event): boolean {
    const last = this.shape.last(before);
    return isSwitch(event) && last >= 0 && last !== event.who &&
      this.stepper.canGo(before, last);
  }

  #full(): boolean {
    if (this.seen.size <= this.#task.maxStates) return false;
    this.cut = "states";
    return true;
  }
}

function isSwitch(event: Event): boolean {
  return event.kind === "does" && !event.own;
}
