import { explore, type Participant, type Report } from "../model/explore.ts";
import { assertKept, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import { type Actor, ModelObjects, OBJECT } from "./model_objects.ts";

/** Uses the object and lets it go. */
function holder({ holdings, use }: Actor): void {
  use();
  holdings.letGo(OBJECT);
}

/** Sends the object to another and lets it go. */
function sender({ holdings, send }: Actor): void {
  send();
  holdings.letGo(OBJECT);
}

/** Takes the object from a message, if that has come. */
function receiver({ holdings, receive, use }: Actor): void {
  if (!receive()) return;
  use();
  holdings.letGo(OBJECT);
}

interface Search {
  readonly holders: readonly ((actor: Actor) => void)[];
  readonly others?: readonly ((actor: Actor) => void)[];
  readonly deaths?: number;
  readonly preemptions?: number;
}

function search({ holders, others = [], deaths = 0, preemptions = Infinity }: Search): Report {
  const users = [...holders, ...others, ({ reuse }: Actor) => reuse()];
  const objects = new ModelObjects(holders.length, users.length - 1);
  const count = users.length + deaths;
  const participants: Participant[] = users.map((act, who) => ({
    name: "ABCDE"[who],
    run: objects.program(who, act),
    mortal: who < users.length - 1,
    forgets: true,
  }));
  for (let i = 0; i < deaths; i++) {
    participants.push({
      name: `recoverer ${i + 1}`,
      run: objects.recoverer(users.length + i, count),
      startsAfter: i + 1,
      forgets: true,
    });
  }
  return explore({
    words: objects.table,
    participants,
    deaths,
    preemptions,
    invariants: {
      "nobody uses what was ended": (state) =>
        state.noting("uses").length === 0 || objects.ended(state) === 0,
    },
    outcomes: {
      "what nobody holds is ended, once if nobody died": (state) => {
        const ended = objects.ended(state);
        if (objects.isOnItsWay(state)) return ended === 0;
        if (state.deaths > 0 && objects.isMiscounted(state)) return true;
        return state.deaths > 0 ? ended >= 1 : ended === 1;
      },
      "nobody is left at work": (state) => objects.state(state) < 2 ** 26,
    },
  });
}

test("in every schedule, two who let go end an object once, and touch nothing afterwards", () => {
  assertProven(search({ holders: [holder, holder] }));
});

test("in every schedule, three of them do", () => {
  assertProven(search({ holders: [holder, holder, holder] }));
});

test("in every schedule, an object on its way is kept for who receives it", () => {
  assertProven(search({ holders: [sender, holder], others: [receiver] }));
});

test("in every schedule with a death anywhere, what the dead one held is let go", () => {
  assertProven(search({ holders: [holder, holder], deaths: 1 }));
});

test("in every schedule with a death anywhere, nothing is ended too early", () => {
  assertProven(search({ holders: [sender], others: [receiver], deaths: 1 }));
});

test("with two preemptions, all of it holds after the death of the recoverer, too", () => {
  assertKept(search({ holders: [holder, holder], deaths: 2, preemptions: 2 }));
});
