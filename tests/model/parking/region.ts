/** The few words of the real layout that a model has, under their real indexes. */

import { HEADER, REGION, ROOM_WORDS } from "../../../src/memory/layout.ts";
import { ownerId } from "../../../src/memory/owner_id.ts";
import type { WordIndex, WordMemory } from "../../../src/memory/words.ts";
import { LIVE, packState, SLOT, slotAt } from "../../../src/owner/slot.ts";
import { RUNG_WORDS } from "../../../src/parking/bell.ts";
import { roomOf } from "../../../src/parking/rooms.ts";
import { type Table, table, type Verbs } from "../explore.ts";
import { wordsWithout } from "../left_out.ts";

/** Where the word lies that all participants wait for. */
export const SUBJECT: WordIndex = REGION.size + 5;

/** A word in another room. */
export const SECOND: WordIndex = SUBJECT + 1;

/** The word of SUBJECT's room that the processes of a model have their bits in. */
export const ROOM: WordIndex = roomAt(SUBJECT);

/** Where in a slot the bits of both rooms are. */
export const RUNG: number = SLOT.rung + (roomOf(SUBJECT) >>> 5);

/** A region for so many processes, one a participant: slot, pid - 1 and participant are one number. */
export class Region {
  readonly table: Table;
  readonly #modelled: Map<WordIndex, number> = new Map();
  readonly #fixed: Map<WordIndex, number> = new Map();
  /** Words that are written and that nobody in a model needs. */
  readonly #dropped: Set<WordIndex> = new Set();

  /**
   * @param processes How many there are.
   * @param subject The first value of the word that they wait for.
   */
  constructor(processes: number, subject = 0) {
    const declared: Record<string, number> = {};
    const declare = (name: string, at: WordIndex, first: number) => {
      this.#modelled.set(at, this.#modelled.size);
      declared[name] = first;
    };
    declare("subject", SUBJECT, subject);
    declare("room", ROOM, 0);
    declare("second", SECOND, 0);
    declare("second room", roomAt(SECOND), 0);
    this.#fixed.set(HEADER.ownersUsed, processes);
    for (let slot = 0; slot < processes; slot++) {
      const at = slotAt(slot);
      declare(`sleepingOn[${slot}]`, at + SLOT.sleepingOn, 0);
      declare(`bell[${slot}]`, at + SLOT.bell, 0);
      declare(`rung[${slot}]`, at + RUNG, 0);
      declare(`state[${slot}]`, at + SLOT.state, packState(LIVE, ownerId(slot, 1)));
      declare(`recoverer[${slot}]`, at + SLOT.recoverer, 0);
      declare(`parent[${slot}]`, at + SLOT.parent, 0);
      this.#fixed.set(at + SLOT.pid, slot + 1);
      this.#fixed.set(at + SLOT.startTime, 1);
      // As if each had made its bell long ago: descriptor 0, plus 1.
      this.#fixed.set(at + SLOT.bellFd, 1);
      this.#dropped.add(at + SLOT.bellFd);
      for (let i = 0; i < RUNG_WORDS; i++) this.#dropped.add(at + SLOT.rung + i);
    }
    this.table = table(declared);
  }

  /** Where a word of the layout is in the model; undefined for one that the model leaves out. */
  place(at: WordIndex): number | undefined {
    return this.#modelled.get(at);
  }

  /** The words as a participant uses them. */
  words(verbs: Verbs): WordMemory {
    const leftOut = { modelled: this.#modelled, fixed: this.#fixed, dropped: this.#dropped };
    return wordsWithout(leftOut, verbs);
  }
}

function roomAt(at: WordIndex): WordIndex {
  return REGION.rooms + roomOf(at) * ROOM_WORDS;
}
