/**
 * The places that a participant can be at, numbered.
 *
 * What a participant does next depends on its log alone, so a place is replayed once, however many
 * states of the whole it appears in.
 */

import { mergeKey, walkThrough } from "./forgetting.ts";
import type { Participant, Program } from "./participant.ts";
import { answered, type Log, type Place } from "./place.ts";
import { type Replay, replay } from "./replay.ts";

const NOTHING: Log = { asked: [], answers: [] };

/** All places of one participant that were reached. */
export class Positions {
  /** How often its programs were called. */
  replays = 0;
  readonly #programs: readonly Program[];
  readonly #places: Place[] = [];
  readonly #begins: Map<string, Place> = new Map();
  readonly #ends: Map<string, Place> = new Map();
  /** Places after waits, by what merges them; undefined for a participant that remembers. */
  readonly #merged: Map<string, Place> | undefined;

  constructor({ run, forgets }: Participant) {
    this.#programs = typeof run === "function" ? [run] : run;
    this.#merged = forgets ? new Map() : undefined;
    this.#begin(0, "");
  }

  /** Makes sure, as far as can be seen from outside, that a participant forgets if it says so. */
  check(): void {
    if (this.#merged !== undefined) walkThrough(this.#programs, this.#begins.values());
  }

  /** The place with a number; 0 is the start. */
  get(id: number): Place {
    return this.#places[id];
  }

  /** Where an answer leads to from a place. */
  after(id: number, answer: number): number {
    const place = this.#places[id];
    const known = place.children.get(answer);
    if (known !== undefined) return known.id;
    const key = this.#merged === undefined ? undefined : mergeKey(place, answer);
    let child = key === undefined ? undefined : this.#merged?.get(key);
    if (child === undefined) {
      child = this.#visit(place, answer);
      if (key !== undefined) this.#merged?.set(key, child);
    }
    place.children.set(answer, child);
    return child.id;
  }

  /** Where a participant ends that is not going to do anything any more: only its note remains. */
  end(id: number): number {
    return this.#end(this.#places[id].stage, this.#places[id].note).id;
  }

  #begin(stage: number, told: string): Place {
    const key = `${stage} ${told}`;
    let place = this.#begins.get(key);
    if (place === undefined) {
      place = this.#settle(undefined, stage, told, 0, this.#run(stage, told, NOTHING));
      this.#begins.set(key, place);
    }
    return place;
  }

  #visit(parent: Place, answer: number): Place {
    const { stage, told } = parent;
    const outcome = this.#run(stage, told, answered(parent, answer));
    return this.#settle(parent, stage, told, answer, outcome);
  }

  #run(stage: number, told: string, log: Log): Replay {
    this.replays++;
    return replay(this.#programs[stage], told, log);
  }

  #settle(
    parent: Place | undefined,
    stage: number,
    told: string,
    answer: number,
    outcome: Replay,
  ): Place {
    const { next, note } = outcome;
    if (next.state !== "finished") return this.#add(parent, stage, told, answer, outcome);
    const last = stage === this.#programs.length - 1;
    return last ? this.#end(stage, note) : this.#begin(stage + 1, next.told);
  }

  #end(stage: number, note: string): Place {
    const key = `${stage} ${note}`;
    let place = this.#ends.get(key);
    if (place === undefined) {
      place = this.#add(undefined, stage, "", 0, {
        next: { state: "finished", told: "" },
        note,
        elapsed: 0,
        stack: "",
      });
      this.#ends.set(key, place);
    }
    return place;
  }

  #add(
    parent: Place | undefined,
    stage: number,
    told: string,
    answer: number,
    outcome: Replay,
  ): Place {
    const depth = parent === undefined ? 0 : parent.depth + 1;
    const id = this.#places.length;
    const place = { ...outcome, id, stage, told, depth, parent, answer, children: new Map() };
    this.#places.push(place);
    return place;
  }
}
