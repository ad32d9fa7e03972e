/** The registered classes of a manager. */
import type { FunctionReference } from "../functions/reference.ts";
import { resolveClass, resolveFunction } from "../functions/resolve.ts";
import { lookup } from "../process/current.ts";

// deno-lint-ignore ban-types
type AnyClass = Function;

/** A class that was found. */
export interface Registered {
  readonly make: AnyClass;
  readonly exposed: ReadonlySet<string>;
}

/** Finds registered classes by name, and what is exposed of their instances. */
export class Classes {
  readonly #found: Map<string, Promise<Registered>> = new Map();
  readonly #byPrototype: Map<object, Registered> = new Map();

  /** Registers a class; its module is imported now, and what fails is told to who makes an instance. */
  register(name: string, reference: FunctionReference, exposed?: readonly string[]): void {
    const found = this.#find(reference, exposed);
    found.catch(() => {});
    this.#found.set(name, found);
  }

  /**
   * A registered class.
   *
   * @throws {TypeError} if there is none of this name.
   * @throws {SerializationError} if it was not found in this process.
   */
  async find(name: string): Promise<Registered> {
    const found = this.#found.get(name);
    if (found === undefined) {
      throw new TypeError(`Cannot create "${name}": no class was registered by this name`);
    }
    return await found;
  }

  /** The registered class of an instance; `undefined` if it is none. */
  of(value: object): Registered | undefined {
    for (let p = Object.getPrototypeOf(value); p !== null; p = Object.getPrototypeOf(p)) {
      const registered = this.#byPrototype.get(p);
      if (registered !== undefined) return registered;
    }
    return undefined;
  }

  async #find(
    reference: FunctionReference,
    exposed: readonly string[] | undefined,
  ): Promise<Registered> {
    const make = await findClass(reference);
    const registered = { make, exposed: new Set(exposed ?? methodsOf(make.prototype)) };
    // What methods return is known by its class alone: the first name of a class counts.
    if (!this.#byPrototype.has(make.prototype)) this.#byPrototype.set(make.prototype, registered);
    return registered;
  }
}

/** A class that extends nothing may also be made from its text. */
async function findClass(reference: FunctionReference): Promise<AnyClass> {
  try {
    return await resolveClass(reference, lookup);
  } catch (error) {
    if (/^class\s*(?:[\w$]+\s*)?extends\b/.test(reference.text)) throw error;
    return await resolveFunction(reference, lookup);
  }
}

/** The public methods of a class, inherited ones included. */
function methodsOf(prototype: object): Set<string> {
  const names = new Set<string>();
  for (let p = prototype; p !== null && p !== Object.prototype; p = Object.getPrototypeOf(p)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(p))) {
      if (typeof value !== "function" || name === "constructor" || name.startsWith("_")) continue;
      names.add(name);
    }
  }
  return names;
}
