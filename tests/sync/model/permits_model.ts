/** Participants that take and return permits, wait for long or give up, and whoever recovers the dead. */

import { REGION } from "../../../src/memory/layout.ts";
import { Line, LINE_WORDS } from "../../../src/sync/line.ts";
import type { Party } from "../../../src/sync/party.ts";
import { AT_HAND, ONE, PERMITS, Permits } from "../../../src/sync/permits.ts";
import { explore, type Program, type Report, type View } from "../../model/explore.ts";
import { type Field, Ground, type Ways } from "./ground.ts";

const AT = REGION.size + 4_096;
const LINE_AT = AT + PERMITS.line;

/** What a model of the semaphore varies. */
export interface PermitsModel {
  /** How many take one each. */
  readonly users: number;
  /** How often (default once). */
  readonly rounds?: number;
  /** How many of the users, the first, have one from the beginning, and give it back (default 0). */
  readonly having?: number;
  /** How many of them, the last, never give theirs back (default 0). */
  readonly keeping?: number;
  /** How many permits there are (default 1). */
  readonly permits?: number;
  /** For how many ms each is willing to wait (default for ever). */
  readonly patience?: number;
  readonly deaths?: number;
  readonly spurious?: number;
  readonly timeouts?: number;
  readonly preemptions?: number;
  readonly ways?: Ways;
  /** Plants a bug. */
  readonly make?: (party: Party, at: number, line: Line) => Permits;
}

/** Searches the model. A sleep that only its inspection interval would end counts as a deadlock. */
export function explorePermits(model: PermitsModel): Report {
  const { users, rounds = 1, having = 0, keeping = 0, permits = 1, deaths = 0 } = model;
  const held = Array.from({ length: users }, (_, slot) => AT + PERMITS.held + slot);
  const ground = new Ground(
    users,
    {
      guard: [AT + PERMITS.guard],
      free: [AT + PERMITS.free, permits - having],
      total: [AT + PERMITS.total, permits],
      abandoned: [AT + PERMITS.abandoned],
      turn: [AT + PERMITS.turn],
      notice: [AT + PERMITS.notice],
      bookedFor: [AT + PERMITS.bookedFor],
      bookedHeld: [AT + PERMITS.bookedHeld],
      bookedAbandoned: [AT + PERMITS.bookedAbandoned],
      members: [LINE_AT + LINE_WORDS.members],
      last: [LINE_AT + LINE_WORDS.last],
      ...Object.fromEntries(
        held.map((at, slot): [string, Field] => [`held[${slot}]`, [at, slot < having ? ONE : 0]]),
      ),
    },
    [AT + PERMITS.guard, AT + PERMITS.notice],
    [LINE_AT + LINE_WORDS.turnAt],
    deaths,
  );
  const make = model.make ?? ((party, at, line) => new Permits(party, at, line));
  const permitsOf = (party: Party) => make(party, AT, new Line(party, LINE_AT));

  const acquire = (slot: number): Program => (verbs) => {
    const permits = permitsOf(ground.party(verbs, slot, model.ways));
    const wanted = permits.acquisition("the semaphore");
    const taken = ground.wait(verbs, wanted, model.patience, true);
    verbs.note("");
    if (taken === undefined) permits.withdraw();
    return taken ?? "gave up";
  };
  const use = (slot: number): Program => (verbs, told) => {
    if (told === "gave up") return verbs.note(told);
    verbs.note("holds");
    verbs.pause();
    verbs.note(told === "abandoned" ? "was told" : "");
    const permits = permitsOf(ground.party(verbs, slot, model.ways));
    verbs.assert(permits.release(1, "mine") === "released", "a holder can release");
  };
  const keep: Program = (verbs, told) => verbs.note(told === "abandoned" ? "was told" : "");

  return explore({
    words: ground.table,
    participants: [
      ...Array.from({ length: users }, (_, slot) => ({
        name: "ABCDEF"[slot],
        run: slot < having
          ? [use(slot)]
          : slot >= users - keeping
          ? [acquire(slot), keep]
          : Array.from({ length: rounds }, () => [acquire(slot), use(slot)]).flat(),
        forgets: true,
      })),
      ...ground.recoverers(deaths, (party, dead) => permitsOf(party).bury(dead)),
    ],
    invariants: {
      "no more hold a permit than there are": (state) => state.noting("holds").length <= permits,
    },
    outcomes: {
      "all permits are there": (state) => {
        const word = (at: number) => state.word(ground.place(at));
        // What a process keeps at hand can be taken; all but the last have none.
        const spoken = held.map((at) => (word(at) & AT_HAND) + (word(at) >>> 1));
        return word(AT + PERMITS.free) + spoken.reduce((sum, some) => sum + some) === permits &&
          word(AT + PERMITS.total) === permits && word(AT + PERMITS.turn) === 0 &&
          held.every((at, slot) => slot >= users - keeping || word(at) <= AT_HAND);
      },
      "who comes after a dead holder is told": (state) =>
        // A note of an earlier round is gone.
        rounds > 1 || isTold(state, ground, users),
      "no more are told than have died": (state) => {
        const slots = Array.from({ length: users }, (_, slot) => slot);
        const told = slots.filter((slot) => state.note(slot) === "was told").length;
        return told + state.word(ground.place(AT + PERMITS.abandoned)) <=
          slots.filter((slot) => state.dead(slot)).length;
      },
    },
    deaths,
    spurious: model.spurious ?? 0,
    timeouts: model.timeouts ?? 0,
    patience: false,
    maxSteps: 400,
    ...(model.preemptions !== undefined && { preemptions: model.preemptions }),
  });
}

function isTold(state: View, ground: Ground, users: number): boolean {
  const slots = Array.from({ length: users }, (_, slot) => slot);
  const died = slots.some((slot) => state.dead(slot) && state.note(slot) === "holds");
  return !died || slots.some((slot) => state.note(slot) === "was told") ||
    state.word(ground.place(AT + PERMITS.abandoned)) > 0;
}
