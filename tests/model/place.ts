/** A place in a program: where a log of answers leads. */

import type { Operation } from "./participant.ts";
import type { Replay } from "./replay.ts";

/** Operations and what they returned, oldest first. */
export interface Log {
  readonly asked: readonly Operation[];
  readonly answers: readonly number[];
}

/** A participant after some answers. */
export interface Place extends Replay {
  readonly id: number;
  /** Which of the participant's programs it is in. */
  readonly stage: number;
  /** What the program before has told this one. */
  readonly told: string;
  /** How many steps of its program it has done. */
  readonly depth: number;
  readonly parent: Place | undefined;
  /** What the operation of the parent returned. */
  readonly answer: number;
  readonly children: Map<number, Place>;
}

/** What leads to a child of a place. */
export function answered(parent: Place, answer: number): Log {
  const asked: Operation[] = [];
  const answers: number[] = [answer];
  for (let at: Place | undefined = parent; at !== undefined; at = at.parent) {
    if (at.next.state === "asks") asked.push(at.next.operation);
    if (at.parent !== undefined) answers.push(at.answer);
  }
  return { asked: asked.reverse(), answers: answers.reverse() };
}
