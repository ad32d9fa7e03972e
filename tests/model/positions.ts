/**
 * The places that a participant can be at: one for each log of answers.
 *
 * What a participant does next depends on its log alone, so a place is replayed once, however many
 * states of the whole it appears in.
 */

import type { Operation, Participant, Program } from "./participant.ts";
import { type Next, replay } from "./replay.ts";

/** A participant after some answers. */
export interface Position {
  readonly id: number;
  /** Which of the participant's programs it is in. */
  readonly stage: number;
  readonly next: Next;
  readonly note: string;
  /** How many steps of its program it has done. */
  readonly depth: number;
}

interface Place extends Position {
  readonly parent: Place | undefined;
  readonly answer: number;
  readonly children: Map<number, Place>;
}

/** All positions of one participant that were reached. */
export class Positions {
  /** How often its programs were called. */
  replays = 0;
  readonly #programs: readonly Program[];
  readonly #places: Place[] = [];
  readonly #begins: (Place | undefined)[] = [];
  readonly #ends: Map<string, Place> = new Map();

  constructor(participant: Participant) {
    this.#programs = typeof participant.run === "function" ? [participant.run] : participant.run;
    this.#begin(0);
  }

  /** The position with an id; 0 is the start. */
  get(id: number): Position {
    return this.#places[id];
  }

  /** Where an answer leads to from a position. */
  after(id: number, answer: number): number {
    const place = this.#places[id];
    const known = place.children.get(answer);
    if (known !== undefined) return known.id;
    const child = this.#visit(place, place.stage, answer);
    place.children.set(answer, child);
    return child.id;
  }

  /** Where a participant ends that is not going to do anything any more: only its note remains. */
  end(id: number): number {
    return this.#end(this.#places[id].stage, this.#places[id].note).id;
  }

  #begin(stage: number): Place {
    return this.#begins[stage] ??= this.#visit(undefined, stage, 0);
  }

  #end(stage: number, note: string): Place {
    const key = `${stage} ${note}`;
    let place = this.#ends.get(key);
    if (place === undefined) {
      place = this.#add(undefined, stage, 0, { state: "finished" }, note);
      this.#ends.set(key, place);
    }
    return place;
  }

  #visit(parent: Place | undefined, stage: number, answer: number): Place {
    const asked: Operation[] = [];
    const answers: number[] = [];
    if (parent !== undefined) answers.push(answer);
    for (let place = parent; place !== undefined; place = place.parent) {
      if (place.next.state === "asks") asked.push(place.next.operation);
      if (place.parent !== undefined) answers.push(place.answer);
    }
    this.replays++;
    const { next, note } = replay(this.#programs[stage], asked.reverse(), answers.reverse());
    if (next.state !== "finished") return this.#add(parent, stage, answer, next, note);
    const last = stage === this.#programs.length - 1;
    return last ? this.#end(stage, note) : this.#begin(stage + 1);
  }

  #add(
    parent: Place | undefined,
    stage: number,
    answer: number,
    next: Next,
    note: string,
  ): Place {
    const place: Place = {
      id: this.#places.length,
      stage,
      next,
      note,
      depth: parent === undefined ? 0 : parent.depth + 1,
      parent,
      answer,
      children: new Map(),
    };
    this.#places.push(place);
    return place;
  }
}
