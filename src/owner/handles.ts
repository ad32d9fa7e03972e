/** The handles of this process: one JavaScript object for each shared object, as long as it is used. */
import type { WordIndex } from "../memory/words.ts";
import type { Holdings } from "./holdings.ts";

/** Keeps the handles of one process. */
export class Handles {
  readonly #holdings: Holdings;
  readonly #byObject: Map<WordIndex, WeakRef<object>> = new Map();
  readonly #registry: FinalizationRegistry<WordIndex>;

  /** @param holdings The shared objects. */
  constructor(holdings: Holdings) {
    this.#holdings = holdings;
    this.#registry = new FinalizationRegistry((at) => this.#collected(at));
  }

  /** How many shared objects this process has handles of. */
  get size(): number {
    return this.#byObject.size;
  }

  /**
   * The handle of an object: the one that this process has, or a new one. From now on it holds the object.
   *
   * @param at The object.
   * @param make Makes a handle.
   */
  get<T extends object>(at: WordIndex, make: () => T): T {
    const known = this.#byObject.get(at)?.deref() as T | undefined;
    if (known !== undefined) return known;
    this.#holdings.hold(at);
    let handle: T;
    try {
      handle = make();
    } catch (error) {
      this.#holdings.letGo(at);
      throw error;
    }
    this.#byObject.set(at, new WeakRef(handle));
    this.#registry.register(handle, at, handle);
    return handle;
  }

  /** The handle is not used any more, although it is still there. Nothing happens the second time. */
  drop(at: WordIndex, handle: object): void {
    if (this.#byObject.get(at)?.deref() !== handle) return;
    this.#registry.unregister(handle);
    this.#byObject.delete(at);
    this.#holdings.letGo(at);
  }

  /** Another handle may have been made after this one was lost and before that was noticed. */
  #collected(at: WordIndex): void {
    if (this.#byObject.get(at)?.deref() !== undefined) return;
    if (!this.#byObject.delete(at)) return;
    this.#holdings.letGo(at);
  }
}
