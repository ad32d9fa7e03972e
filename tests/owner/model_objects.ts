/** A shared object under the model checker, in the real code's hands. */
import { Cells, SHARED } from "../../src/memory/cells.ts";
import { FIRST_SPAN, HEADER, REGION, SPAN_WORDS } from "../../src/memory/layout.ts";
import { type OwnerId, ownerId } from "../../src/memory/owner_id.ts";
import { CELLS, Spans } from "../../src/memory/spans.ts";
import type { WordIndex, WordMemory } from "../../src/memory/words.ts";
import { Holdings, OBJECT_HEADER_WORDS } from "../../src/owner/holdings.ts";
import type { Program, Table, Verbs, View } from "../model/explore.ts";
import { ModelWords } from "../memory/model_words.ts";

const WHOLE_SPAN_CLASS = 15;
const KIND = 9;

const HEADER_AT = FIRST_SPAN * SPAN_WORDS;
const CELL = HEADER_AT + 2;
const FLIGHTS = CELL + 1;
const KEEPER = CELL + 2;
const HOLDERS = CELL + 3;
/** A word that nothing of an object uses. */
const DATA = CELL + 40;

// Words that the real layout does not have.
const ENDED = -1;
const MESSAGE = -2;

// What that says.
const UNWRITTEN = 0;
const ON_ITS_WAY = 1;
const CROSSED_OFF = 2;
/** And beyond: by which participant. */
const RECEIVED = 3;

/** The object. */
export const OBJECT: WordIndex = CELL + OBJECT_HEADER_WORDS;

function ownerOf(participant: number): OwnerId {
  return ownerId(participant + 1, 1);
}

/** What a participant works with. */
export interface Actor {
  readonly verbs: Verbs;
  readonly holdings: Holdings;
  /** Allocates the cell that the object lies in, once that is free, and looks whether it stays its own. */
  reuse(): void;
  /** Says that the object is used for a moment. */
  use(): void;
  /** Sends the object in a message. */
  send(): void;
  /** Takes the object out of the message; false if it is not there. */
  receive(): boolean;
  /** Lands what a participant that is dead has received and not landed. */
  land(dead: number): void;
}

/** A heap with one object that the first participants hold. */
export class ModelObjects {
  readonly #words: ModelWords;

  /**
   * @param holders How many participants hold it.
   * @param allocator The participant whose span it lies in.
   */
  constructor(holders: number, allocator: number) {
    const others = new Map<WordIndex, number>([
      [HEADER.spansUsed, FIRST_SPAN + 1],
      [REGION.spans + FIRST_SPAN, CELLS | WHOLE_SPAN_CLASS << 2 | ownerOf(allocator) << 6],
      [CELL, KIND],
    ]);
    this.#words = new ModelWords((at) =>
      others.get(at) ?? (at > HEADER_AT && at < HEADER_AT + SPAN_WORDS ? 0 : undefined)
    );
    const bits = 2 ** (holders + 1) - 2;
    const words = { state: HEADER_AT, flights: FLIGHTS, keeper: KEEPER, holders: HOLDERS };
    for (const [name, at] of Object.entries({ ...words, data: DATA })) {
      const first = { state: SHARED, holders: bits }[name] ?? 0;
      this.#words.declare(name, at, first);
    }
    this.#words.declare("ended", ENDED);
    this.#words.declare("message", MESSAGE);
  }

  /** The words of the model. */
  get table(): Table {
    return this.#words.table;
  }

  /** How often the object was ended. */
  ended(state: View): number {
    return state.word(this.#words.place(ENDED));
  }

  /** Whether a message is on its way. */
  isOnItsWay(state: View): boolean {
    return state.word(this.#words.place(MESSAGE)) === ON_ITS_WAY;
  }

  /** Whether a flight is counted that no message tells of: its sender or receiver died between two steps. */
  isMiscounted(state: View): boolean {
    const message = state.word(this.#words.place(MESSAGE));
    const flights = state.word(this.#words.place(FLIGHTS));
    return flights === 1 && (message === UNWRITTEN || message === CROSSED_OFF);
  }

  /** What the cell's state is. */
  state(state: View): number {
    return state.word(this.#words.place(HEADER_AT));
  }

  /** A program of a participant. */
  program(participant: number, act: (actor: Actor) => void): Program {
    return (verbs) => act(this.#actor(participant, verbs));
  }

  /** Programs that recover those who have died, one after another. */
  recoverer(participant: number, participants: number): Program[] {
    const others = Array.from({ length: participants }, (_, who) => who)
      .filter((who) => who !== participant);
    return others.map((other) =>
      this.program(participant, ({ verbs, holdings, land }) => {
        if (verbs.alive(other)) return;
        land(other);
        holdings.recover(ownerOf(other));
      })
    );
  }

  #actor(participant: number, verbs: Verbs): Actor {
    const self = ownerOf(participant);
    const { words, pause } = this.#waiting(this.#words.of(verbs), verbs);
    const scans = {
      isScanning: () => true,
      isAnotherScanning: () => true,
      during: <T>(look: () => T): T => look(),
    };
    const limits = { end: FIRST_SPAN + 1, attempts: 1, spareEnd: FIRST_SPAN };
    const spans = new Spans(words, { reserve() {}, discard() {} }, scans, limits);
    const cells = new Cells(words, spans, scans, self);
    const isAlive = (owner: OwnerId): boolean => verbs.alive((owner & 1023) - 1);
    const holdings = new Holdings(words, cells, self, isAlive, pause, 1);
    holdings.setEnder(KIND, () => void words.add(ENDED, 1));
    const land = (): void => holdings.land(OBJECT, () => words.store(MESSAGE, CROSSED_OFF));
    return {
      verbs,
      holdings,
      reuse() {
        if (words.compareExchange(HEADER_AT, 0, self) !== 0) return;
        // What looks like an object without holders.
        for (const at of [FLIGHTS, KEEPER, HOLDERS]) words.store(at, 0);
        words.store(DATA, 7);
        verbs.pause();
        const found = [FLIGHTS, KEEPER, HOLDERS].map((at) => words.load(at)).join(", ");
        verbs.assert(found === "0, 0, 0", `the cell of another holds ${found}`);
        verbs.assert(words.load(HEADER_AT) === self, "the cell of another was taken");
      },
      use() {
        verbs.note("uses");
        verbs.assert(words.load(DATA) === 0, "the object is another's cell");
        verbs.note("");
      },
      send() {
        holdings.takeOff(OBJECT);
        words.store(MESSAGE, ON_ITS_WAY);
      },
      receive() {
        if (words.compareExchange(MESSAGE, ON_ITS_WAY, RECEIVED + participant) !== ON_ITS_WAY) {
          return false;
        }
        holdings.hold(OBJECT);
        land();
        return true;
      },
      land(dead) {
        if (words.load(MESSAGE) === RECEIVED + dead) land();
      },
    };
  }

  /** A pause lasts until the word changes that was looked at last: a model must not spin. */
  #waiting(words: WordMemory, { kernel }: Verbs): { words: WordMemory; pause: () => void } {
    const places = new Map([KEEPER, HEADER_AT].map((at) => [at, this.#words.place(at)]));
    let place = 0;
    let seen = 0;
    const note = (at: WordIndex, value: number): number => {
      const found = places.get(at);
      if (found !== undefined) [place, seen] = [found, value];
      return value;
    };
    const changed = (at: WordIndex): void => {
      const found = places.get(at);
      if (found !== undefined) kernel.wake(found, Infinity);
    };
    return {
      // Without a time of its own: the model counts that.
      pause: () => kernel.wait(place, seen, 0),
      words: {
        ...words,
        load: (at) => note(at, words.load(at)),
        compareExchange(at, expected, replacement) {
          const before = note(at, words.compareExchange(at, expected, replacement));
          if (before === expected && replacement === SHARED) changed(at);
          return before;
        },
        store(at, value) {
          words.store(at, value);
          changed(at);
        },
        exchange(at, value) {
          const before = words.exchange(at, value);
          changed(at);
          return before;
        },
      },
    };
  }
}
