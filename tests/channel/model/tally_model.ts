/** Those who do tasks, those who join, and one who puts one more and does it. */

import { UNIT } from "../../../src/channel/position.ts";
import { TALLY, Tally, type TallyParty } from "../../../src/channel/tally.ts";
import { REGION } from "../../../src/memory/layout.ts";
import { explore, type Program, type Report } from "../../model/explore.ts";
import { Ground } from "../../sync/model/ground.ts";

/** Where the tally lies. */
export const AT: number = REGION.size + 5;
/** Where the word lies that says how much was put. */
export const TAIL: number = AT + TALLY.size;

/** What a model of the tally varies. */
export interface TallyModel {
  readonly joiners: number;
  /** How often each worker says that a task is done. */
  readonly workers: readonly number[];
  /** How many tasks there are in the beginning. */
  readonly tasks: number;
  /** Whether somebody puts one more and then does it, or does one and then puts one more. */
  readonly more?: "put, do" | "do, put";
  /** For how many ms each joiner is willing to wait (default for ever). */
  readonly patience?: number;
  readonly deaths?: number;
  readonly spurious?: number;
  readonly timeouts?: number;
  /** Plants a bug. */
  readonly make?: (party: TallyParty) => Tally;
}

/** Searches the model. */
export function exploreTally(model: TallyModel): Report {
  const { joiners, workers, tasks, more, deaths = 0 } = model;
  const users = joiners + workers.length + (more === undefined ? 0 : 1);
  const fields = {
    done: [AT + TALLY.done],
    emptied: [AT + TALLY.emptied],
    tail: [TAIL, tasks * UNIT],
  } as const;
  const ground = new Ground(users, fields, [AT + TALLY.done]);
  const make = model.make ?? ((party) => new Tally(party, AT, TAIL));

  const join = (slot: number): Program => (verbs) => {
    const party = ground.party(verbs, slot);
    const waitable = make(party).emptiness("all tasks to be done");
    const emptied = party.words.load(AT + TALLY.emptied);
    verbs.note(`joins since ${emptied}, ${party.words.load(AT + TALLY.done) >>> 3} done`);
    verbs.note(ground.wait(verbs, waitable, model.patience) ? "passed" : "gave up");
  };
  const work = (slot: number, times: number): Program => (verbs) => {
    const tally = make(ground.party(verbs, slot));
    let done = 0;
    for (let i = 0; i < times; i++) if (tally.finish()) done++;
    verbs.note(`${done} done`);
  };
  const putAndWork = (slot: number): Program => (verbs) => {
    const party = ground.party(verbs, slot);
    if (more === "put, do") party.words.add(TAIL, UNIT);
    verbs.note(make(party).finish() ? "1 done" : "0 done");
    if (more === "do, put") party.words.add(TAIL, UNIT);
  };

  return explore({
    words: ground.table,
    participants: [
      ...Array.from({ length: joiners }, (_, slot) => ({
        name: `joiner ${slot + 1}`,
        run: join(slot),
        mayBlock: true,
        // It remembers when it began, which its note says.
        forgets: true,
      })),
      ...workers.map((times, i) => ({
        name: `worker ${i + 1}`,
        run: work(joiners + i, times),
      })),
      ...(more !== undefined ? [{ name: "putter", run: putAndWork(users - 1) }] : []),
      ...ground.recoverers(deaths, () => {}),
    ],
    invariants: {
      "no more is done than was put": (state) => unfinished(state) >= 0,
    },
    outcomes: {
      "nobody joins for what is finished": (state) =>
        Array.from({ length: joiners }, (_, slot) => slot).every((slot) => {
          const since = /joins since (\d+)/.exec(state.note(slot))?.[1];
          if (since === undefined || state.dead(slot)) return true;
          const emptied = state.word(ground.place(AT + TALLY.emptied));
          return unfinished(state) > 0 && Number(since) === emptied;
        }),
      "who joined before all was done got through": (state) =>
        more !== "do, put" || deaths > 0 ||
        Array.from({ length: joiners }, (_, slot) => slot).every((slot) => {
          const done = /joins since \d+, (\d+) done/.exec(state.note(slot))?.[1];
          return done === undefined || Number(done) >= tasks;
        }),
      "each task is done once": (state) => {
        const workersDone = Array.from({ length: users - joiners }, (_, i) => joiners + i)
          .filter((who) => !state.dead(who))
          .reduce((sum, who) => sum + Number(state.note(who).split(" ")[0]), 0);
        const done = tasks + (isPut(state) ? 1 : 0) - unfinished(state);
        return deaths > 0 ? workersDone <= done : workersDone === done;
      },
    },
    deaths,
    spurious: model.spurious ?? 0,
    timeouts: model.timeouts ?? 0,
    patience: false,
  });

  function unfinished(state: { word(place: number): number }): number {
    const tail = state.word(ground.place(TAIL));
    return (tail - (state.word(ground.place(AT + TALLY.done)) & ~(UNIT - 1))) / UNIT;
  }

  function isPut(state: { word(place: number): number }): boolean {
    return state.word(ground.place(TAIL)) > tasks * UNIT;
  }
}
