/**
 * The objects of a message in the order in which they were met: what a reference counts.
 *
 * A few objects are found by looking at each. With more of them a set tells whether one is new, which
 * is one lookup, and numbers are looked up only from the first repetition on.
 */

const FEW = 12;

/** Numbers objects. */
export class Seen {
  #objects: object[] = [];
  #count = 0;
  #numbers: Map<object, number> | undefined;

  /** The number of an object that was met before, or -1 for a new one, which gets the next number. */
  meet(object: object): number {
    const count = this.#count;
    if (count < FEW) {
      const objects = this.#objects;
      for (let i = 0; i < count; i++) {
        if (objects[i] === object) return i;
      }
      objects[count] = object;
      this.#count = count + 1;
      return -1;
    }
    let numbers = this.#numbers;
    if (numbers === undefined) {
      numbers = this.#numbers = new Map();
      for (let i = 0; i < count; i++) numbers.set(this.#objects[i]!, i);
    }
    const number = numbers.get(object);
    if (number !== undefined) return number;
    numbers.set(object, count);
    this.#count = count + 1;
    return -1;
  }

  /** How many objects were met. */
  get count(): number {
    return this.#count;
  }

  /** Whether an object was met before. */
  has(object: object): boolean {
    if (this.#numbers !== undefined) return this.#numbers.has(object);
    for (let i = 0; i < this.#count; i++) {
      if (this.#objects[i] === object) return true;
    }
    return false;
  }

  /** Forgets everything. */
  clear(): void {
    const few = Math.min(this.#count, FEW);
    for (let i = 0; i < few; i++) this.#objects[i] = NOBODY;
    this.#count = 0;
    this.#numbers = undefined;
  }
}

const NOBODY = {};
