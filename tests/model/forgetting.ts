/**
 * Merges the places of a participant that remembers nothing over a wait but where it waits.
 *
 * All waits with the same operation, note, time and call stack then have one future: that of the first
 * of them. This is what the model says of the algorithm, not what the checker knows, so it is checked
 * by walks: long logs along the merged places, on which the participant must do what they say.
 */

import { type Operation, type Program, sameOperation } from "./participant.ts";
import type { Place } from "./place.ts";
import { type Next, type Replay, replay } from "./replay.ts";

/** How many walks there are. */
const WALKS = 500;

/** How many steps one has. */
const LENGTH = 100;

/** What merges the places that an answer to a wait leads to; undefined if the place is not a wait. */
export function mergeKey(place: Place, answer: number): string | undefined {
  const { next, stage, told, note, elapsed, stack } = place;
  if (next.state !== "asks") return undefined;
  const { verb, at, value, other } = next.operation;
  if (verb !== "wait" && verb !== "hear") return undefined;
  return [stage, told, verb, at, value, other, answer, elapsed, note, stack].join("|");
}

/** Walks through merged places, and throws if the programs do something else there. */
export function walkThrough(programs: readonly Program[], begins: Iterable<Place>): void {
  const random = generator(1);
  for (const begin of begins) {
    if (begin.next.state === "finished") continue;
    for (let walk = 0; walk < WALKS; walk++) {
      const asked: Operation[] = [];
      const answers: number[] = [];
      let place = begin;
      while (answers.length < LENGTH && place.next.state === "asks" && place.children.size > 0) {
        const children = [...place.children];
        const [answer, child] = children[random() % children.length];
        // A child of another stage knows only what it is told.
        if (child.stage !== begin.stage || child.next.state === "finished") break;
        asked.push(place.next.operation);
        answers.push(answer);
        place = child;
      }
      const really = replay(programs[begin.stage], begin.told, { asked, answers });
      if (really.note !== place.note || !sameNext(really.next, place.next)) {
        throw new Error(
          "A participant that `forgets` remembers something over a wait: " +
            `after ${answers.length} steps it goes on with ${describe(place)} or ${
              describe(really)
            }`,
        );
      }
    }
  }
}

function sameNext(one: Next, two: Next): boolean {
  if (one.state === "asks" && two.state === "asks") {
    return sameOperation(one.operation, two.operation);
  }
  return one.state === two.state;
}

function describe({ next, note }: Replay): string {
  return JSON.stringify({ next, note });
}

/** xorshift32: the same walks in every run. */
function generator(seed: number): () => number {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}
