/** A dict, and a namespace, as the manager keeps them. */
import type { Stored } from "../../proxies/sealed.ts";
import { type Key, Keys } from "./keyed.ts";
import { keep, release } from "./storage.ts";

interface Entry {
  value: Stored;
  /** Tells this value of the key from those before. */
  version: number;
}

/** The version of a key that is not there. */
const MISSING = 0;

/** Entries in the order in which their keys were first set. */
export class HostedDict {
  readonly #keys: Keys = new Keys();
  readonly #entries: Map<Key, Entry> = new Map();
  #version = MISSING;

  /** @param entries What is in it at first. */
  constructor(entries: readonly (readonly [Stored, Stored])[]) {
    this.setAll(entries);
  }

  get(key: Stored): Stored {
    return this.#find(key)?.value;
  }

  has(key: Stored): boolean {
    return this.#find(key) !== undefined;
  }

  set(key: Stored, value: Stored): void {
    const entry = this.#find(key);
    const version = ++this.#version;
    if (entry === undefined) {
      this.#entries.set(this.#keys.keep(key), { value: keep(value), version });
      return;
    }
    release(entry.value);
    entry.value = keep(value);
    entry.version = version;
  }

  delete(key: Stored): boolean {
    const found = this.#keys.find(key);
    if (this.#keys.isMissing(key, found)) return false;
    const entry = this.#entries.get(found);
    if (entry === undefined) return false;
    this.#entries.delete(found);
    release(this.#keys.drop(found));
    release(entry.value);
    return true;
  }

  take(key: Stored): Stored {
    const value = this.get(key);
    this.delete(key);
    return value;
  }

  getOrInsert(key: Stored, value: Stored): Stored {
    const entry = this.#find(key);
    if (entry !== undefined) return entry.value;
    this.set(key, value);
    return value;
  }

  setAll(entries: readonly (readonly [Stored, Stored])[]): void {
    for (const [key, value] of entries) this.set(key, value);
  }

  /** Nobody has it any more. */
  end(): void {
    this.clear();
  }

  clear(): void {
    for (const [key, { value }] of this.#entries) {
      release(this.#keys.drop(key));
      release(value);
    }
    this.#entries.clear();
  }

  size(): number {
    return this.#entries.size;
  }

  keys(): Stored[] {
    return Array.from(this.#entries.keys(), (key) => this.#keys.shown(key));
  }

  values(): Stored[] {
    return Array.from(this.#entries.values(), ({ value }) => value);
  }

  entries(): [Stored, Stored][] {
    return Array.from(this.#entries, ([key, { value }]) => [this.#keys.shown(key), value]);
  }

  snapshot(): [Stored, Stored][] {
    return this.entries();
  }

  /** The value of a key with its version; see `proxies/versions.ts`. */
  read(key: Stored): [version: number, value: Stored] {
    const entry = this.#find(key);
    return entry === undefined ? [MISSING, undefined] : [entry.version, entry.value];
  }

  /** Sets the value of a key if it is still of this version; else returns the present one. */
  replace(key: Stored, version: number, value: Stored): true | [number, Stored] {
    const now = this.read(key);
    if (now[0] !== version) return now;
    this.set(key, value);
    return true;
  }

  #find(key: Stored): Entry | undefined {
    const found = this.#keys.find(key);
    return this.#keys.isMissing(key, found) ? undefined : this.#entries.get(found);
  }
}
