/**
 * Takers and putters that wait for each other through the real parking. What a put and a take are here is one
 * compare-exchange each: how they come about is another model's matter.
 */

import { Frontier } from "../../../src/channel/frontier.ts";
import { CHANNEL } from "../../../src/channel/layout.ts";
import type { Party } from "../../../src/channel/party.ts";
import { advance, CLOSED, distance } from "../../../src/channel/position.ts";
import { arrival, room } from "../../../src/channel/waits.ts";
import { explore, type Program, type Report, type View } from "../../model/explore.ts";
import { type Kind, Process } from "../../model/parking/process.ts";
import { Region, SECOND, SUBJECT } from "../../model/parking/region.ts";

/** What a model of waiting varies. */
export interface WaitModel {
  /** How each taker waits for a message. */
  readonly takers: readonly Kind[];
  /** How each putter waits for room, and how many messages it puts. */
  readonly putters: readonly (readonly [Kind, number])[];
  /** How many messages there may be (default: no bound). */
  readonly capacity?: number;
  /** Whether somebody closes the channel. */
  readonly closes?: boolean;
  readonly deaths?: number;
  readonly spurious?: number;
  readonly preemptions?: number;
  /** How long each is willing to wait, in ms (default for ever). */
  readonly deadline?: number;
  readonly timeouts?: number;
  /** Plants a bug. */
  readonly plant?: (frontier: Frontier, process: Process) => void;
}

/** Where a frontier looks for its capacity. */
const AT = 8;

/** A frontier whose two words are those that the region has. */
function frontierOf(process: Process, model: WaitModel): Frontier {
  const load = (at: number): number =>
    at === AT + CHANNEL.capacity ? model.capacity ?? 0 : process.words.load(at);
  const party: Pick<Party, "words" | "wake"> = {
    words: { ...bound(process.words), load },
    wake: (at, count) => process.parking.wake(at, count),
  };
  const frontier = new Frontier(party as Party, AT);
  model.plant?.(frontier, process);
  return Object.assign(frontier, { tailWord: SUBJECT, headWord: SECOND });
}

function bound(words: Process["words"]): Process["words"] {
  return {
    load: (at) => words.load(at),
    store: (at, value) => words.store(at, value),
    exchange: (at, value) => words.exchange(at, value),
    compareExchange: (at, expected, value) => words.compareExchange(at, expected, value),
    add: (at, value) => words.add(at, value),
    and: (at, value) => words.and(at, value),
    or: (at, value) => words.or(at, value),
  };
}

/** Searches the model. */
export function exploreWaits(model: WaitModel): Report {
  const { takers, putters, deaths = 0, closes = false } = model;
  const deadline = model.deadline ?? Infinity;
  const users = takers.length + putters.length + (closes ? 1 : 0);
  const region = new Region(users + deaths);

  const take = (slot: number): Program => (verbs) => {
    const process = new Process(verbs, region, slot);
    const { words } = process;
    const frontier = frontierOf(process, model);
    const attempt = (): string | undefined => {
      for (;;) {
        const head = words.load(SECOND);
        const tail = words.load(SUBJECT);
        if (distance(tail, head) <= 0) return (tail & CLOSED) === 0 ? undefined : "closed";
        if (words.compareExchange(SECOND, head, advance(head, 1)) !== head) continue;
        frontier.wakePutters(head);
        return "got";
      }
    };
    const by = takers[slot] === "sync" ? "thread" : "loop";
    const waitable = arrival(frontier, attempt, { by, what: "a message" });
    verbs.note(process.wait(takers[slot], waitable, deadline) ?? "gave up");
  };
  const put = (slot: number): Program => (verbs) => {
    const process = new Process(verbs, region, slot);
    const { words } = process;
    const frontier = frontierOf(process, model);
    const attempt = (): string | undefined => {
      for (;;) {
        const tail = words.load(SUBJECT);
        if ((tail & CLOSED) !== 0) return "closed";
        if (!frontier.fits(distance(tail, words.load(SECOND)), 1)) return undefined;
        if (words.compareExchange(SUBJECT, tail, advance(tail, 1)) !== tail) continue;
        frontier.wakeTakers(tail);
        return "put";
      }
    };
    const [kind] = putters[slot - takers.length];
    const by = kind === "sync" ? "thread" : "loop";
    const waitable = room(frontier, attempt, 1, { by, what: "room" });
    verbs.note(process.wait(kind, waitable, deadline) ?? "gave up");
  };
  const close = (slot: number): Program => (verbs) => {
    const process = new Process(verbs, region, slot);
    process.run(() => {
      const before = process.words.or(SUBJECT, CLOSED);
      frontierOf(process, model).tellClosed(before);
    });
  };
  const recover = (slot: number): Program => (verbs) => {
    const process = new Process(verbs, region, slot);
    process.run(() => process.recovery.sweep());
  };

  return explore({
    words: region.table,
    participants: [
      // Who waits for somebody that has died waits for ever, and rightly: see the outcomes.
      ...takers.map((kind, i) => ({
        name: `taker ${i + 1} ${kind}`,
        run: take(i),
        forgets: true,
        mayBlock: true,
      })),
      ...putters.map(([kind, times], i) => ({
        name: `putter ${i + 1} ${kind}`,
        run: Array(times).fill(put(takers.length + i)),
        forgets: true,
        mayBlock: true,
      })),
      ...(closes ? [{ name: "closer", run: close(users - 1) }] : []),
      ...Array.from({ length: deaths }, (_, i) => ({
        name: `recoverer ${i + 1}`,
        run: recover(users + i),
        startsAfter: i + 1,
      })),
    ],
    invariants: {
      "nothing is taken that was not put": (state) => loadOf(state) >= 0,
      "there is never more than is taken": (state) => loadOf(state) <= (model.capacity ?? Infinity),
    },
    outcomes: {
      "nobody waits for a message while there is one": (state) =>
        loadOf(state) === 0 || takers.every((_, i) => isDone(state, i)),
      "nobody waits for room while there is some": (state) =>
        loadOf(state) >= (model.capacity ?? Infinity) ||
        putters.every((_, i) => isDone(state, takers.length + i)),
      "nobody waits when it is closed": (state) =>
        !isClosed(state) ||
        Array.from({ length: users }, (_, i) => i).every((i) => isDone(state, i)),
    },
    deaths,
    spurious: model.spurious ?? 0,
    timeouts: model.timeouts ?? 0,
    patience: false,
    maxSteps: 400,
    ...(model.preemptions !== undefined && { preemptions: model.preemptions }),
  });

  function loadOf(state: View): number {
    return distance(state.word(region.place(SUBJECT)!), state.word(region.place(SECOND)!));
  }

  function isClosed(state: View): boolean {
    return (state.word(region.place(SUBJECT)!) & CLOSED) !== 0;
  }
}

function isDone(state: View, who: number): boolean {
  return state.dead(who) || state.finished(who);
}
