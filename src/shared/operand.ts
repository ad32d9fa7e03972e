/** Values on their way into shared memory, checked for what their type wants. */
import { isAtomic } from "./elements.ts";
import { type ElementType, elementType } from "./types.ts";

/** A value of any type. */
export type Operand = number | bigint;

/** Whether elements of a type are bigints. */
export function isBig({ name }: ElementType): boolean {
  return name === "int64" || name === "uint64";
}

/**
 * Finds a type whose elements are changed in one step.
 *
 * @param act What it is needed for, as in `"make a SharedValue"`.
 * @throws {TypeError} if there is no such type.
 */
export function atomicType(act: string, name: unknown): ElementType {
  const type = elementType(act, name);
  if (isAtomic(type)) return type;
  throw new TypeError(`Cannot ${act}: ${type.name} elements cannot be changed in one step`);
}

/**
 * A value that an operation was given.
 *
 * @throws {TypeError} if it is a number where a bigint is needed, or the other way round.
 */
export function operand(act: string, type: ElementType, value: Operand): Operand {
  if (isBig(type) ? typeof value === "bigint" : typeof value === "number") return value;
  const wanted = isBig(type) ? "a bigint" : "a number";
  throw new TypeError(`Cannot ${act}: ${type.name} needs ${wanted}, got ${typeof value}`);
}

/**
 * A value that is there from the start: an integer is taken for what it says, bigint or not.
 *
 * @throws {TypeError} if it is neither.
 */
export function initialOperand(act: string, type: ElementType, value: unknown): Operand {
  if (typeof value !== "number" && typeof value !== "bigint") {
    throw new TypeError(`Cannot ${act}: initial must be a number, got ${typeof value}`);
  }
  return isBig(type) ? BigInt(value) : Number(value);
}
