/** What has a record and has not settled: who is to be told of it. */
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { TASK } from "../tasks/layout.ts";
import { dropPayloads } from "../tasks/payload.ts";
import type { Pending } from "./order.ts";
import { PlainCall, type Resolve } from "./plain_call.ts";
import type { Records } from "./records.ts";

/** Who is told how a task ends; of a plain call, all there is. */
export type Given = Pending | Resolve;

/** The tasks of one submitter that have a record. */
export class Unsettled {
  readonly #member: Member;
  readonly #records: Records;
  /** By the record's number. */
  #given: (Given | undefined)[] = [];
  #count = 0;
  #forsaken = 0;

  /**
   * @param member Who submits.
   * @param records The records.
   */
  constructor(member: Member, records: Records) {
    this.#member = member;
    this.#records = records;
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** How many there are that somebody waits for. */
  get awaited(): number {
    return this.#count - this.#forsaken;
  }

  /** Nobody waits any more for an order that a worker has begun: it is not tried again. */
  forsake(order: Pending): void {
    order.retries = 0;
    if (order.forsaken || this.of(order.record) !== order) return;
    order.forsaken = true;
    this.#forsaken++;
  }

  /** Notes who is to be told of a record; whether that is the only one. */
  add(record: WordIndex, given: Given): boolean {
    this.#given[this.#member.heap.plain.get(record + TASK.index)] = given;
    return this.#count++ === 0;
  }

  /** Who is to be told of a record; `undefined` if nobody is any more. */
  of(record: WordIndex): Given | undefined {
    return this.#given[this.#member.heap.plain.get(record + TASK.index)];
  }

  /** It settles: the record is free again, and its order has none. */
  retire(record: WordIndex): void {
    const index = this.#member.heap.plain.get(record + TASK.index);
    const given = this.#given[index];
    if (given !== undefined) {
      if (typeof given !== "function") {
        given.record = 0;
        if (given.forsaken) this.#forsaken--;
      }
      this.#given[index] = undefined;
      this.#count--;
    }
    dropPayloads(this.#member, record);
    this.#records.give(record);
  }

  /** Visits those that there are now, each unless it has settled by its turn. */
  each(visit: (record: WordIndex, given: Given) => void): void {
    for (const [index, given] of this.#given.slice().entries()) {
      if (given !== undefined && this.#given[index] === given) {
        visit(this.#records.at(index), given);
      }
    }
  }

  /** Forgets all of them; what they were. */
  forget(): (readonly [record: WordIndex, given: Given])[] {
    const all: [WordIndex, Given][] = [];
    this.each((record, given) => all.push([record, given]));
    this.#given = [];
    this.#count = 0;
    this.#forsaken = 0;
    return all;
  }
}

/** What was given, as an order: of a plain call, one that is made now. */
export function pendingOf(given: Given, record: WordIndex): Pending {
  if (typeof given !== "function") return given;
  const order = new PlainCall(given);
  order.record = record;
  return order;
}
