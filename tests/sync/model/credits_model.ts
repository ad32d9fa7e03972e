/** Waiters that take one thing each from under a lock, waiting for it by a condition, and who puts them there. */

import { REGION } from "../../../src/memory/layout.ts";
import type { OwnerId } from "../../../src/memory/owner_id.ts";
import { CREDITS, Credits } from "../../../src/sync/credits.ts";
import { MUTEX } from "../../../src/sync/mutex.ts";
import type { Party } from "../../../src/sync/party.ts";
import { explore, type Program, type Report, type Verbs } from "../../model/explore.ts";
import { Ground } from "./ground.ts";

const WORD = REGION.size + 5;
const LOSSES = WORD + MUTEX.losses;
const ITEMS = REGION.size + 7;
const CREDITS_AT = REGION.size + 128;

/** What a model of the condition varies. */
export interface CreditsModel {
  readonly waiters: number;
  /** How many things are put there, one notification each. */
  readonly items: number;
  /** Whether the things are put there together, and everybody is notified once. */
  readonly all?: boolean;
  /** For how many ms each is willing to wait (default for ever). */
  readonly patience?: number;
  readonly deaths?: number;
  /** Whether a recovery looks at the condition first (the default) or at the lock. */
  readonly bury?: "first" | "last";
  readonly spurious?: number;
  readonly timeouts?: number;
  readonly preemptions?: number;
  /** Plants a bug. */
  readonly credits?: (party: Party, at: number, lock: number) => Credits;
}

/** Searches the model. */
export function exploreCredits(model: CreditsModel): Report {
  const { waiters, items, deaths = 0, bury = "first" } = model;
  const slots = waiters + 1;
  const words = Array.from({ length: slots }, (_, slot) => CREDITS_AT + CREDITS.slots + slot);
  const ground = new Ground(
    slots,
    {
      lock: [WORD],
      items: [ITEMS],
      losses: [LOSSES],
      cursor: [CREDITS_AT + CREDITS.cursor],
      ...Object.fromEntries(words.map((at, slot) => [`credits[${slot}]`, [at] as const])),
    },
    [WORD, ...words],
  );
  const make = model.credits ?? ((...args) => new Credits(...args));
  // The lock has a model of its own: here it is one that is simple.
  const acquire = ({ kernel }: Verbs, { words, self }: Party) => {
    for (;;) {
      const holder = words.compareExchange(WORD, 0, self);
      if (holder === 0) return;
      kernel.wait(ground.place(WORD), holder, Infinity);
    }
  };
  const release = ({ words, wake }: Party) => {
    words.store(WORD, 0);
    wake(WORD, 1);
  };

  const consume = (slot: number): Program => (verbs) => {
    const party = ground.party(verbs, slot);
    const credits = make(party, CREDITS_AT, WORD);
    acquire(verbs, party);
    while (party.words.load(ITEMS) === 0) {
      const wait = credits.begin("the condition");
      const losses = party.words.load(LOSSES);
      release(party);
      verbs.note(`waits since ${losses} losses`);
      const woken = ground.wait(verbs, wait.waitable, model.patience);
      // All that it remembers while it waits for the lock.
      verbs.note(`is called: ${woken}`);
      acquire(verbs, party);
      verbs.note("");
      if (wait.end(false) === "gave up") {
        verbs.assert(woken === undefined, "who was woken was notified");
        release(party);
        return verbs.note("gave up");
      }
    }
    party.words.store(ITEMS, party.words.load(ITEMS) - 1);
    release(party);
  };
  const produce: Program = (verbs) => {
    const party = ground.party(verbs, waiters);
    const credits = make(party, CREDITS_AT, WORD);
    acquire(verbs, party);
    party.words.store(ITEMS, party.words.load(ITEMS) + (model.all ? items : 1));
    if (model.all) credits.notifyAll();
    else credits.notify(1);
    release(party);
  };

  return explore({
    words: ground.table,
    participants: [
      ...Array.from({ length: waiters }, (_, slot) => ({
        name: "ABCD"[slot],
        run: consume(slot),
        mayBlock: true,
        forgets: true,
      })),
      {
        name: "producer",
        run: Array(model.all ? 1 : items).fill(produce),
        mortal: false,
        forgets: true,
      },
      ...ground.recoverers(deaths, (party: Party, dead: OwnerId) => {
        if (bury === "first") make(party, CREDITS_AT, WORD).bury(dead);
        if (party.words.load(WORD) === dead) {
          party.words.add(LOSSES, 1);
          party.words.store(WORD, 0);
        }
        if (bury === "last") make(party, CREDITS_AT, WORD).bury(dead);
      }),
    ],
    outcomes: {
      "nobody waits while there is something": (state) =>
        state.word(ground.place(ITEMS)) === 0 ||
        Array.from({ length: waiters }, (_, slot) => slot)
          .every((slot) => state.dead(slot) || !state.note(slot).startsWith("waits")),
      "no credit is left": (state) =>
        deaths > 0 || words.every((at) => state.word(ground.place(at)) >>> 16 === 0),
    },
    deaths,
    spurious: model.spurious ?? 0,
    timeouts: model.timeouts ?? 0,
    patience: false,
    ...(model.preemptions !== undefined && { preemptions: model.preemptions }),
  });
}
