/** Parties that come to a barrier, give up, break it or make it new, and whoever recovers the dead. */

import { REGION } from "../../../src/memory/layout.ts";
import { BARRIER, BarrierWord } from "../../../src/sync/barrier_word.ts";
import type { Party } from "../../../src/sync/party.ts";
import { explore, type Program, type Report } from "../../model/explore.ts";
import { Ground } from "./ground.ts";

const AT = REGION.size + 128;
const STATE = AT + BARRIER.state;
const NOTICE = AT + BARRIER.notice;

/** What a model of the barrier varies. */
export interface BarrierModel {
  /** How many must come. */
  readonly parties: number;
  /** How many come (default: so many as must). */
  readonly comers?: number;
  /** How often each comes (default 1). */
  readonly rounds?: number;
  /** Whether the last one does something before all pass, and how that ends. */
  readonly action?: "succeeds" | "fails";
  /** What somebody else does meanwhile. */
  readonly stranger?: "aborts" | "resets";
  /** For how many ms each is willing to wait (default for ever). */
  readonly patience?: number;
  readonly deaths?: number;
  readonly spurious?: number;
  readonly timeouts?: number;
  readonly preemptions?: number;
  /** Plants a bug. */
  readonly make?: (party: Party, at: number) => BarrierWord;
}

/** Searches the model. A sleep that only its inspection interval would end counts as a deadlock. */
export function exploreBarrier(model: BarrierModel): Report {
  const { parties, comers = parties, rounds = 1, action, stranger, deaths = 0 } = model;
  const ground = new Ground(
    comers + 1,
    {
      state: [STATE],
      parties: [AT + BARRIER.parties, parties],
      notice: [NOTICE],
      "ends[0]": [AT + BARRIER.ends],
      "ends[1]": [AT + BARRIER.ends + 1],
    },
    [STATE, NOTICE],
  );
  const make = model.make ?? ((party, at) => new BarrierWord(party, at));

  // As in `Barrier`.
  const come = (slot: number, nth: number): Program => (verbs, told) => {
    if (told === "broken") return told;
    const word = make(ground.party(verbs, slot), AT);
    const ended = (end: "passes" | "broken"): string => {
      verbs.note(end === "passes" ? `passed ${nth}` : `broken ${nth}`);
      return end;
    };
    let arrival = word.arrive(action !== undefined);
    while (arrival.state === "too early") {
      if (ground.wait(verbs, word.opening("the barrier"), model.patience) === undefined) {
        return ended("broken");
      }
      arrival = word.arrive(action !== undefined);
    }
    if (arrival.state === "passes" || arrival.state === "broken") return ended(arrival.state);
    const { round } = arrival;
    if (arrival.state === "acts") {
      verbs.note(`acts ${nth}`);
      verbs.pause();
      verbs.note("has acted");
      return ended(action === "fails" ? word.leave(round) : word.complete(round));
    }
    verbs.note(`waits ${nth} in ${round}`);
    const outcome = ground.wait(verbs, word.passage("the barrier", round), model.patience);
    return ended(outcome ?? word.leave(round));
  };

  const slots = Array.from({ length: comers }, (_, slot) => slot);
  return explore({
    words: ground.table,
    participants: [
      ...slots.map((slot) => ({
        name: "ABCD"[slot],
        run: Array.from({ length: rounds }, (_, nth) => come(slot, nth + 1)),
        forgets: true,
        // Of those that come after a reset, or are too many, some may be missing for a round.
        mayBlock: stranger === "resets" || comers !== parties,
      })),
      {
        name: "stranger",
        run: (verbs) => {
          const word = make(ground.party(verbs, comers), AT);
          if (stranger === "aborts") word.abort();
          if (stranger === "resets") word.reset();
        },
        mortal: false,
      },
      ...ground.recoverers(deaths, (party) => make(party, AT).bury(true)),
    ],
    invariants: {
      "at most one acts": (state) => slots.filter((at) => acts(state.note(at))).length <= 1,
      "nobody passes before the action is done": (state) =>
        comers !== parties ||
        slots.every((at) =>
          !acts(state.note(at)) ||
          slots.every((other) => state.note(other) !== state.note(at).replace("acts", "passed"))
        ),
    },
    outcomes: {
      // If those come that must, each pass takes all of them. (A dead one that had come does not say how it ended.)
      "all pass or none": (state) =>
        comers !== parties || slots.every((at) => {
          const [, nth] = /^broken (\d+)/.exec(state.note(at)) ?? [];
          return nth === undefined ||
            slots.every((other) => passes(state.note(other)) < Number(nth));
        }),
      "nobody waits in a round that is over": (state) => {
        const word = new BarrierWord(ground.visitor(state), AT);
        return slots.every((at) => {
          const [, round] = / in (-?\d+)$/.exec(state.note(at)) ?? [];
          return state.dead(at) || round === undefined || word.outcome(Number(round)) === undefined;
        });
      },
    },
    deaths,
    spurious: model.spurious ?? 0,
    timeouts: model.timeouts ?? 0,
    patience: false,
    ...(model.preemptions !== undefined && { preemptions: model.preemptions }),
  });
}

function acts(note: string): boolean {
  return note.startsWith("acts");
}

/** How often a participant has passed. */
function passes(note: string): number {
  const [, what, nth] = /^(\w+) (\d+)/.exec(note) ?? [];
  return what === "passed" ? Number(nth) : Number(nth ?? 1) - 1;
}
