/** An event over the real parking: set once, it lets everybody through. */

import type { WordMemory } from "../../../src/memory/words.ts";
import type { Waitable } from "../../../src/parking/waitable.ts";
import { explore, type Program, type Report } from "../explore.ts";
import { type Kind, Process } from "./process.ts";
import { Region, SUBJECT } from "./region.ts";

const UNSET = 0, SLEEPERS = 1, SET = 2;

/** What a model of the event varies. */
export interface EventModel {
  /** How each waiter waits. */
  readonly kinds: readonly Kind[];
  readonly deaths?: number;
  readonly spurious?: number;
  readonly preemptions?: number;
  /** Plants a bug: setting wakes one synchronous waiter only. */
  readonly stingy?: boolean;
  /** Plants a bug: a waiter believes that it announces itself, and does not. */
  readonly mute?: boolean;
}

/** Searches the model: the last user sets the event that all others wait for. */
export function exploreEvent(model: EventModel): Report {
  const { kinds, deaths = 0 } = model;
  const setter = kinds.length;
  const region = new Region(kinds.length + 1 + deaths);

  const wait = (slot: number): Program => (verbs) => {
    const process = new Process(verbs, region, slot);
    process.wait(kinds[slot], occurrence(process.words, model.mute), Infinity);
    verbs.note("went through");
  };
  const set: Program = (verbs) => {
    const process = new Process(verbs, region, setter);
    process.run(() => setEvent(process, model.stingy ? 1 : undefined));
  };
  const recover = (slot: number): Program => (verbs) => {
    const process = new Process(verbs, region, slot);
    process.run(() => process.recovery.sweep());
  };

  return explore({
    words: region.table,
    participants: [
      // Whoever waits for a setter that died before it could set waits for ever, and rightly.
      ...kinds.map((kind, slot) => ({
        name: `${"ABCDEF"[slot]} ${kind}`,
        run: wait(slot),
        forgets: true,
        mayBlock: true,
      })),
      { name: "setter", run: set },
      ...Array.from({ length: deaths }, (_, i) => ({
        name: `recoverer ${i + 1}`,
        run: recover(setter + 1 + i),
        startsAfter: i + 1,
      })),
    ],
    outcomes: {
      "nobody waits for what has been set": (state) =>
        state.word(0) !== SET ||
        kinds.every((_, slot) => state.dead(slot) || state.note(slot) === "went through"),
    },
    deaths,
    spurious: model.spurious ?? 0,
    patience: false,
    ...(model.preemptions !== undefined && { preemptions: model.preemptions }),
  });
}

/** Sets the event in a word, and wakes at most so many synchronous waiters. */
export function setEvent({ words, parking }: Process, count = 2 ** 30, at = SUBJECT): void {
  if (words.exchange(at, SET) === SLEEPERS) parking.wake(at, count);
}

/** What a waiter for the event in a word waits for. */
export function occurrence(words: WordMemory, mute = false, at = SUBJECT): Waitable<true> {
  return {
    at,
    what: "the event",
    patient: true,
    attempt: () => words.load(at) === SET ? true : undefined,
    announce() {
      if (mute) return words.load(at) === SET ? undefined : UNSET;
      return words.compareExchange(at, UNSET, SLEEPERS) === SET ? undefined : SLEEPERS;
    },
  };
}
