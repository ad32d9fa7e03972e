/**
 * Shapes: the lists of keys of plain objects, numbered in the order in which a message needs them.
 *
 * A table remembers one shape for each hash, also beyond the message, with its keys as bytes. Which
 * shapes a message defines must depend on the message alone, or the same value would have other bytes
 * in another process. So a remembered shape that is new to this message is defined like an unknown one,
 * and of two shapes with one hash the later takes the place, in every process alike.
 */

import { WIDE_KEYS } from "./format.ts";

const SLOTS = 256;

/** The keys of objects. */
export class Shape {
  readonly keys: readonly string[];
  /** The message that it has a number in. */
  message = 0;
  /** Its number there. */
  number = 0;
  /** How often it was defined without `bytes`. */
  uses = 0;
  /** Its definition, kept when a second message needs it. */
  bytes: Uint8Array | undefined = undefined;

  constructor(keys: readonly string[]) {
    this.keys = keys;
  }
}

/** Before the first shape of a message; nothing has these keys twice. */
const NONE = new Shape(["", ""]);

/** The shapes that an encoder knows. */
export class Shapes {
  #table: (Shape | undefined)[] = new Array(SLOTS).fill(undefined);
  #message = 1;
  #count = 0;
  #large: number[] = [];
  #latest: Shape = NONE;

  /** The shape of these keys. */
  of(keys: readonly string[]): Shape {
    if (equal(this.#latest.keys, keys)) return this.#latest;
    const shape = this.#find(keys);
    this.#latest = shape;
    return shape;
  }

  #find(keys: readonly string[]): Shape {
    const slot = hash(keys);
    const found = this.#table[slot];
    if (found !== undefined && equal(found.keys, keys)) return found;
    if (keys.length >= WIDE_KEYS) this.#large.push(slot);
    return this.#table[slot] = new Shape(keys);
  }

  /** Whether the message has the shape already; if not, it has it from now on. */
  isDefined(shape: Shape): boolean {
    if (shape.message === this.#message) return true;
    shape.message = this.#message;
    shape.number = this.#count++;
    return false;
  }

  /** Forgets which shapes the message has. */
  clear(): void {
    this.#message++;
    this.#count = 0;
    this.#latest = NONE;
    while (this.#large.length > 0) this.#table[this.#large.pop()!] = undefined;
  }
}

function hash(keys: readonly string[]): number {
  const count = keys.length;
  if (count === 0) return 0;
  const first = keys[0]!;
  const last = keys[count - 1]!;
  return (count * 37 + mix(first) * 5 + mix(last)) & (SLOTS - 1);
}

function mix(key: string): number {
  const length = key.length;
  return length === 0 ? 1 : length * 7 + key.charCodeAt(0) * 3 + key.charCodeAt(length - 1);
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  const count = a.length;
  if (count !== b.length) return false;
  for (let i = 0; i < count; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}
