/**
 * The objects of a message in the order in which they were met: what a reference counts.
 *
 * A few objects are found by looking at each. With more of them a set tells whether one is new, which
 * is one lookup; numbers are looked up only from the first repetition on.
 */

/** Up to how many objects looking at each is as fast as a set (measured, V8 and JavaScriptCore). */
const FEW = 32;

const NOBODY = {};

/** Numbers objects. */
export class Seen {
  #objects: object[] = new Array(FEW).fill(NOBODY);
  #count = 0;
  #known: Set<object> | undefined;
  #numbers: Map<object, number> | undefined;

  /** The number of an object that was met before, or -1 for a new one, which gets the next number. */
  meet(object: object): number {
    const count = this.#count;
    const objects = this.#objects;
    if (count >= FEW) return this.#meetAmongMany(object);
    for (let i = 0; i < count; i++) {
      if (objects[i] === object) return i;
    }
    objects[count] = object;
    this.#count = count + 1;
    return -1;
  }

  #meetAmongMany(object: object): number {
    const known = this.#known ??= this.#makeSet();
    known.add(object);
    if (known.size > this.#count) {
      this.#numbers?.set(object, this.#count);
      this.#objects[this.#count++] = object;
      return -1;
    }
    this.#numbers ??= new Map(this.#objects.map((each, number) => [each, number]));
    return this.#numbers.get(object)!;
  }

  #makeSet(): Set<object> {
    const known = new Set<object>();
    for (let i = 0; i < FEW; i++) known.add(this.#objects[i]!);
    return known;
  }

  /** How many objects were met. */
  get count(): number {
    return this.#count;
  }

  /** Whether an object was met before. */
  has(object: object): boolean {
    if (this.#known !== undefined) return this.#known.has(object);
    for (let i = 0; i < this.#count; i++) {
      if (this.#objects[i] === object) return true;
    }
    return false;
  }

  /** Forgets everything. */
  clear(): void {
    if (this.#count > FEW) {
      this.#objects = new Array(FEW).fill(NOBODY);
    } else {
      for (let i = 0; i < this.#count; i++) this.#objects[i] = NOBODY;
    }
    this.#count = 0;
    this.#known = undefined;
    this.#numbers = undefined;
  }
}
