/** A single value in shared memory. */
import { registerHandles } from "../codec/handle.ts";
import { ClosedError } from "../errors.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import { member } from "../parking/member.ts";
import { type Elements, elementsOf } from "./elements.ts";
import { SHARED_VALUE } from "./kinds.ts";
import { endLock, lockIn } from "./lock_word.ts";
import type { RLock } from "../sync/rlock.ts";
import { atomicType, initialOperand, type Operand, operand } from "./operand.ts";
import { type ElementType, typeNumbered, type ValueOf, type ValueType } from "./types.ts";
import { inspectable } from "../runtime/inspection.ts";

/**
 * The words of the object. `value` lies at a multiple of 8 bytes, as a cell does: all types are aligned.
 */
const VALUE = struct({ lock: 1, type: 1, value: 2 });

/**
 * A number that processes share. Every operation is one step, which no other can come between, and
 * what was written before it is seen by whoever reads its outcome.
 *
 * @typeParam T `bigint` for integers of 64 bits, else `number`.
 */
export interface SharedValue<T extends number | bigint = number> extends Disposable {
  /** The value. `n.value++` is two steps, between which another process may come: use `add`. */
  value: T;
  /** Sets the value and returns what it was. */
  exchange(value: T): T;
  /**
   * Sets the value if it is `expected`; returns what it was, so that equal to `expected` means done.
   *
   * Floats are compared as `Object.is` does, by their bits: 0 is not -0, and NaN is NaN.
   */
  compareExchange(expected: T, replacement: T): T;
  /** Adds to the value and returns what it was; integers wrap around. */
  add(value: T): T;
  /**
   * A lock for what takes more than one step; always the same one, in all processes. It does not keep
   * anybody from the value who does not take it.
   */
  readonly lock: RLock;
  /** This process lets go of the value; later use throws `ClosedError`. Others keep it. */
  [Symbol.dispose](): void;
}

/** The class of {@linkcode SharedValue}. */
export interface SharedValueConstructor {
  /**
   * Makes a value in shared memory.
   *
   * Passed to another process of the tree in whatever way, it arrives as the same value.
   *
   * @param type Its type: a code or a name.
   * @param initial What it is at first; 0 by default. What is beyond the type wraps around, as C's does.
   * @throws {TypeError} if there is no such type, or `initial` is no number.
   * @throws {OutOfMemoryError} if there is no room for it.
   */
  new <T extends ValueType>(type: T, initial?: number | bigint): SharedValue<ValueOf<T>>;
  /** What all values have. */
  readonly prototype: SharedValue<number | bigint>;
}

const ACT = "make a SharedValue";

/** Instead of a type: the value is there already. */
class Existing {
  readonly at: WordIndex;
  constructor(at: WordIndex) {
    this.at = at;
  }
}

/**
 * Makes a {@linkcode SharedValue}.
 *
 * Modelled on `multiprocessing.Value`.
 *
 * @example Count in all processes
 * ```ts
 * import { Pool, SharedValue } from "@x/mp";
 *
 * export function count(text: string, words: SharedValue): void {
 *   words.add(text.split(" ").length);
 * }
 *
 * if (import.meta.main) {
 *   using words = new SharedValue("i");
 *   await using pool = new Pool(2);
 *   await Promise.all(["to be", "or not to be"].map((text) => pool.apply(count, [text, words])));
 *   console.log(words.value); // 6
 * }
 * ```
 */
export const SharedValue: SharedValueConstructor = class SharedValue {
  readonly #at: WordIndex;
  readonly #type: ElementType;
  #elements: Elements<Operand> | undefined;

  constructor(type: unknown, initial: unknown = 0) {
    const { heap, holdings, handles } = member();
    let value: Operand | undefined;
    if (type instanceof Existing) {
      this.#at = type.at;
      this.#type = typeNumbered(heap.words.load(type.at + VALUE.type));
    } else {
      this.#type = atomicType(ACT, type);
      value = initialOperand(ACT, this.#type, initial);
      this.#at = holdings.create(SHARED_VALUE, VALUE.size);
      heap.words.store(this.#at + VALUE.type, this.#type.number);
      handles.get(this.#at, () => this);
    }
    const place = (this.#at + VALUE.value) * 4;
    const buffer = heap.bytes.buffer as ArrayBuffer;
    this.#elements = elementsOf(this.#type, buffer, place, 1) as Elements<Operand>;
    if (value !== undefined) this.#elements.store(0, value);
  }

  get value(): Operand {
    return this.#live("read").load(0);
  }

  set value(value: Operand) {
    this.#live("set").store(0, operand("set a SharedValue", this.#type, value));
  }

  exchange(value: Operand): Operand {
    return this.#live("set").exchange(0, operand("set a SharedValue", this.#type, value));
  }

  compareExchange(expected: Operand, replacement: Operand): Operand {
    return this.#live("set").compareExchange(
      0,
      operand("compare a SharedValue", this.#type, expected),
      operand("set a SharedValue", this.#type, replacement),
    );
  }

  add(value: Operand): Operand {
    return this.#live("add to").add(0, operand("add to a SharedValue", this.#type, value));
  }

  get lock(): RLock {
    this.#live("lock");
    return lockIn(this.#at + VALUE.lock);
  }

  [Symbol.dispose](): void {
    if (this.#elements === undefined) return;
    this.#elements = undefined;
    member().handles.drop(this.#at, this);
  }

  #live(act: string): Elements<Operand> {
    if (this.#elements !== undefined) return this.#elements;
    throw new ClosedError(`Cannot ${act} a SharedValue: it was disposed in this process`);
  }

  static {
    registerHandles<SharedValue>({
      kind: SHARED_VALUE,
      name: "SharedValue",
      prototype: SharedValue.prototype,
      at(value) {
        value.#live("send");
        return value.#at;
      },
      make: (at) => new SharedValue(new Existing(at)),
      end: ({ heap: { words }, holdings }, at) => endLock(words, holdings, at + VALUE.lock),
    });
  }
} as unknown as SharedValueConstructor;

inspectable(SharedValue.prototype, ["value"]);
