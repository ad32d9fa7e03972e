/** The functions of a pool: each crosses once, and is a number from then on. */
import { openParcel, packParcel } from "../codec/parcel.ts";
import { describeFunction } from "../functions/describe.ts";
import type { FunctionReference } from "../functions/reference.ts";
import { resolveFunction } from "../functions/resolve.ts";
import { evaluateSource } from "../functions/source.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { lookup, mainModule } from "../process/current.ts";
import { FUNCTIONS, POOL } from "../tasks/layout.ts";
import { putInside } from "../tasks/payload.ts";

// deno-lint-ignore ban-types
type AnyFunction = Function;

/** A function that tasks name. */
export interface NumberedFunction {
  /** The function that was seen first. */
  readonly fn: AnyFunction;
  /** Its number in the pool; -1 if the table is full, and its reference travels with each task. */
  readonly number: number;
  /** How other processes find it. */
  readonly reference: FunctionReference;
}

/** The functions of one pool as one process knows them. */
export class Functions {
  readonly #member: Member;
  readonly #pool: WordIndex;
  readonly #numbered: WeakMap<AnyFunction, NumberedFunction> = new WeakMap();
  readonly #byReference: Map<FunctionReference, NumberedFunction> = new Map();
  readonly #found: (AnyFunction | undefined)[] = [];
  #last: AnyFunction | undefined;
  #lastNumbered: NumberedFunction | undefined;

  /**
   * @param member This process.
   * @param pool The control block of the pool.
   */
  constructor(member: Member, pool: WordIndex) {
    this.#member = member;
    this.#pool = pool;
  }

  /**
   * The number of a function; call it before the first `await` of a public function.
   *
   * @throws {TypeError} if it is no function that others can find.
   */
  numberOf(fn: unknown): NumberedFunction {
    if (fn === this.#last && this.#lastNumbered !== undefined) return this.#lastNumbered;
    const known = typeof fn === "function" ? this.#numbered.get(fn) : undefined;
    const numbered = known ??
      this.#assign(fn as AnyFunction, describeFunction(fn, undefined, mainModule()));
    this.#numbered.set(fn as AnyFunction, numbered);
    this.#last = fn as AnyFunction;
    return this.#lastNumbered = numbered;
  }

  /** A function that was found here before. */
  known(number: number): AnyFunction | undefined {
    return this.#found[number];
  }

  /**
   * Finds a function; modules are imported once.
   *
   * @throws {SerializationError} if it is not found.
   */
  async find(number: number): Promise<AnyFunction> {
    const reference = referenceAt(this.#member, this.#pool, number)!;
    const fn = await resolveFunction(reference, lookup);
    this.#found[number] = fn;
    return fn;
  }

  /**
   * Finds a function that this process itself has submitted, without waiting: what was submitted is what others
   * import, unless they make it from its text.
   */
  findSync({ number, fn, reference: { kind, text, urls } }: NumberedFunction): AnyFunction {
    const known = this.#found[number];
    if (known !== undefined) return known;
    const found = kind === "source" ? evaluateSource(text, urls[0]) : fn;
    if (number >= 0) this.#found[number] = found;
    return found;
  }

  #assign(fn: AnyFunction, reference: FunctionReference): NumberedFunction {
    let numbered = this.#byReference.get(reference);
    if (numbered !== undefined) return numbered;
    numbered = { fn, number: this.#publish(reference), reference };
    this.#byReference.set(reference, numbered);
    return numbered;
  }

  #publish(reference: FunctionReference): number {
    const { words } = this.#member.heap;
    const used = this.#pool + POOL.functionsUsed;
    const number = words.load(used) < FUNCTIONS ? words.add(used, 1) : FUNCTIONS;
    if (number >= FUNCTIONS) return -1;
    const place = packParcel(this.#member, reference, "function");
    putInside(this.#member, this.#pool, place);
    // PUBLISH function: OBSERVE in referenceAt(), after a task that names it.
    words.store(this.#pool + POOL.functions + number, place);
    return number;
  }
}

/** How a function of a pool is found that tasks name by its number; `undefined` if the number is -1. */
export function referenceAt(
  member: Member,
  pool: WordIndex,
  number: number,
): FunctionReference | undefined {
  if (number < 0) return undefined;
  // OBSERVE function
  const place = member.heap.words.load(pool + POOL.functions + number);
  return openParcel(member, place) as FunctionReference;
}
