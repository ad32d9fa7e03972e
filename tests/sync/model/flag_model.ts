/** Participants that wait for an event, and others that set and clear it. */

import { REGION } from "../../../src/memory/layout.ts";
import { Flag } from "../../../src/sync/flag.ts";
import type { Party } from "../../../src/sync/party.ts";
import { explore, type Program, type Report } from "../../model/explore.ts";
import { Ground, type Ways } from "./ground.ts";

const WORD = REGION.size + 5;

/** What a model of the event varies. */
export interface FlagModel {
  readonly waiters: number;
  /** For how many ms each is willing to wait (default for ever). */
  readonly patience?: number;
  readonly deaths?: number;
  readonly spurious?: number;
  readonly timeouts?: number;
  readonly ways?: Ways;
  /** Plants a bug. */
  readonly flag?: (party: Party, at: number) => Flag;
}

/** Searches the model: one sets the event and clears it, another sets it. */
export function exploreFlag(model: FlagModel): Report {
  const { waiters, deaths = 0 } = model;
  const ground = new Ground(waiters + 2, { flag: [WORD] }, [WORD]);
  const make = model.flag ?? ((party, at) => new Flag(party, at));
  const as = (slot: number, act: (flag: Flag) => void): Program => (verbs) =>
    act(make(ground.party(verbs, slot, model.ways), WORD));

  const wait = (slot: number): Program => (verbs) => {
    const flag = make(ground.party(verbs, slot, model.ways), WORD);
    const { times } = flag;
    verbs.note(`waits since ${times}`);
    const passed = ground.wait(verbs, flag.occurrence("the event", times), model.patience);
    verbs.note(passed ? "passed" : "gave up");
  };

  return explore({
    words: ground.table,
    participants: [
      ...Array.from({ length: waiters }, (_, slot) => ({
        name: "ABCD"[slot],
        run: wait(slot),
        mayBlock: true,
        // It remembers when it began, which its note says.
        forgets: true,
      })),
      {
        name: "blinker",
        run: [
          as(waiters, (flag) => flag.set()),
          as(waiters, (flag) => flag.clear()),
        ],
      },
      { name: "setter", run: as(waiters + 1, (flag) => flag.set()) },
      ...ground.recoverers(deaths, () => {}),
    ],
    outcomes: {
      "nobody waits for what has been set": (state) => {
        const flag = new Flag(ground.visitor(state), WORD);
        return Array.from({ length: waiters }, (_, slot) => slot).every((slot) =>
          state.dead(slot) || !state.note(slot).startsWith("waits") ||
          (!flag.isSet && state.note(slot) === `waits since ${flag.times}`)
        );
      },
    },
    deaths,
    spurious: model.spurious ?? 0,
    timeouts: model.timeouts ?? 0,
    patience: false,
  });
}
