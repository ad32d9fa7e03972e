/** A set as the manager keeps it. */
import type { Stored } from "../../proxies/sealed.ts";
import { type Key, Keys } from "./keyed.ts";
import { release } from "./storage.ts";

/** Items in the order in which they were added. */
export class HostedSet {
  readonly #keys: Keys = new Keys();
  readonly #items: Set<Key> = new Set();

  /** @param items What is in it at first. */
  constructor(items: readonly Stored[]) {
    this.addAll(items);
  }

  add(item: Stored): boolean {
    if (this.has(item)) return false;
    this.#items.add(this.#keys.keep(item));
    return true;
  }

  addAll(items: readonly Stored[]): number {
    const before = this.#items.size;
    for (const item of items) this.add(item);
    return this.#items.size - before;
  }

  has(item: Stored): boolean {
    const key = this.#keys.find(item);
    return !this.#keys.isMissing(item, key) && this.#items.has(key);
  }

  delete(item: Stored): boolean {
    if (!this.has(item)) return false;
    const key = this.#keys.find(item)!;
    this.#items.delete(key);
    release(this.#keys.drop(key));
    return true;
  }

  /** Nobody has it any more. */
  end(): void {
    this.clear();
  }

  clear(): void {
    for (const key of this.#items) release(this.#keys.drop(key));
    this.#items.clear();
  }

  size(): number {
    return this.#items.size;
  }

  values(): Stored[] {
    return Array.from(this.#items, (key) => this.#keys.shown(key));
  }

  snapshot(): Stored[] {
    return this.values();
  }
}
