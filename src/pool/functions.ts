/** The functions of a pool: each crosses once, and is a number from then on. */
import { freeParcel, NO_PARCEL, openParcel, packParcel, type Place } from "../codec/parcel.ts";
import type { FunctionReference } from "../functions/reference.ts";
import { resolveFunction } from "../functions/resolve.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { lookup } from "../process/current.ts";
import { FUNCTIONS, POOL } from "./layout.ts";

// deno-lint-ignore ban-types
type AnyFunction = Function;

/** The submitter's side: gives numbers to functions. */
export class FunctionNumbers {
  readonly #member: Member;
  readonly #table: WordIndex;
  readonly #numbers: Map<FunctionReference, number> = new Map();

  /**
   * @param member Who submits.
   * @param pool The control block of the pool.
   */
  constructor(member: Member, pool: WordIndex) {
    this.#member = member;
    this.#table = pool + POOL.functions;
  }

  /** The number of a function; -1 if the table is full, and it must travel with each task. */
  numberOf(reference: FunctionReference): number {
    const known = this.#numbers.get(reference);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    if (number >= FUNCTIONS) return -1;
    const place = packParcel(this.#member, reference, "function");
    // PUBLISH function: OBSERVE in WorkerFunctions.get(), after a task that names it.
    this.#member.heap.words.store(this.#table + number, place);
    this.#numbers.set(reference, number);
    return number;
  }

  /** Frees the parcels. */
  free(): void {
    for (const number of this.#numbers.values()) {
      const place: Place = this.#member.heap.words.exchange(this.#table + number, NO_PARCEL);
      if (place !== NO_PARCEL) freeParcel(this.#member, place);
    }
    this.#numbers.clear();
  }
}

/** The worker's side: finds functions by number. */
export class WorkerFunctions {
  readonly #member: Member;
  readonly #table: WordIndex;
  readonly #found: (AnyFunction | undefined)[] = [];

  /**
   * @param member The worker.
   * @param pool The control block of the pool.
   */
  constructor(member: Member, pool: WordIndex) {
    this.#member = member;
    this.#table = pool + POOL.functions;
  }

  /** A function that was found before. */
  known(number: number): AnyFunction | undefined {
    return this.#found[number];
  }

  /**
   * Finds a function; modules are imported once.
   *
   * @throws {SerializationError} if it is not found.
   */
  async find(number: number): Promise<AnyFunction> {
    // OBSERVE function
    const place = this.#member.heap.words.load(this.#table + number);
    const reference = openParcel(this.#member, place) as FunctionReference;
    return this.#found[number] = await resolveFunction(reference, lookup);
  }
}
