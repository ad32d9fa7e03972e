/** Arrays of numbers that a manager hosts for unrelated processes. */
import type { TypedArrays, TypeName } from "../shared/types.ts";
import { Hosted, setProxyOf } from "./hosted.ts";
import { type Async, type Batches, operate, plain, type Sync, type Table } from "./operations.ts";
import { TYPE } from "./types.ts";

/** What can be asked of an array. Positions below 0 count from the end. */
export interface ArrayOperations<T extends TypeName> {
  /** The element at a position; `undefined` if there is none. */
  at(index: number): TypedArrays[T][number] | undefined;
  /**
   * Sets the element at a position.
   *
   * @throws {RangeError} if there is none.
   */
  set(index: number, value: TypedArrays[T][number]): void;
  /** Sets all elements from `start` to before `end`. */
  fill(value: TypedArrays[T][number], start?: number, end?: number): void;
  /** A copy of the elements from `start` to before `end`. */
  slice(start?: number, end?: number): TypedArrays[T];
  /** How many elements there are. */
  length(): number;
  /** A copy of all. */
  snapshot(): TypedArrays[T];
}

/** An array of numbers that a manager hosts for processes that share no memory with it. */
export interface ArrayProxy<T extends TypeName = TypeName>
  extends
    Async<ArrayOperations<T>>,
    Sync<ArrayOperations<T>>,
    Batches<ArrayOperations<T>>,
    Disposable {
  /** This process does not use it any more. */
  dispose(): void;
}

/** The operations of an array as they are sent. */
export const ARRAY: Table<ArrayOperations<TypeName>> = {
  at: { pack: plain },
  set: { pack: plain },
  fill: { pack: plain },
  slice: { pack: plain },
  length: { pack: plain },
  snapshot: { pack: plain },
};

class ArrayOfManager extends Hosted {
  get [Symbol.toStringTag](): string {
    return "ArrayProxy";
  }
}

operate(ArrayOfManager.prototype, ARRAY);
setProxyOf(TYPE.array, () => new ArrayOfManager());
