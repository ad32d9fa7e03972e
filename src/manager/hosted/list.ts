/** A list as the manager keeps it. */
import { isSame, opened, type Stored } from "../../proxies/sealed.ts";
import { keep, release } from "./storage.ts";

/** Items in their order. */
export class HostedList {
  readonly #items: Stored[];
  /** Tells the list from what it was before. */
  #version = 1;

  /** @param items What is in it at first. */
  constructor(items: readonly Stored[]) {
    this.#items = items.map(keep);
  }

  at(index: number): Stored {
    return this.#items.at(index);
  }

  set(index: number, item: Stored): void {
    const position = this.#position(index);
    release(this.#items[position]);
    this.#items[position] = keep(item);
    this.#version++;
  }

  push(...items: Stored[]): number {
    this.#version++;
    for (const item of items) this.#items.push(keep(item));
    return this.#items.length;
  }

  pop(): Stored {
    this.#version++;
    return release(this.#items.pop());
  }

  shift(): Stored {
    this.#version++;
    return release(this.#items.shift());
  }

  unshift(...items: Stored[]): number {
    this.#version++;
    return this.#items.unshift(...items.map(keep));
  }

  splice(start: number, count: number, ...items: Stored[]): Stored[] {
    this.#version++;
    return this.#items.splice(start, count, ...items.map(keep)).map(release);
  }

  slice(start?: number, end?: number): Stored[] {
    return this.#items.slice(start, end);
  }

  indexOf(item: Stored): number {
    return this.#items.findIndex((other) => isSame(other, item));
  }

  includes(item: Stored): boolean {
    return this.indexOf(item) >= 0;
  }

  reverse(): void {
    this.#version++;
    this.#items.reverse();
  }

  sort(): void {
    this.#version++;
    const items = this.#items;
    if (items.every((item) => typeof item === "number")) {
      (items as number[]).sort((a, b) => a - b);
      return;
    }
    // What `Array.prototype.sort` compares, made once for each.
    const texts = new Map(items.map((item) => [item, String(opened(item))]));
    items.sort((a, b) => {
      if (a === undefined || b === undefined) {
        return Number(a === undefined) - Number(b === undefined);
      }
      const [x, y] = [texts.get(a)!, texts.get(b)!];
      return x < y ? -1 : x > y ? 1 : 0;
    });
  }

  /** Nobody has it any more. */
  end(): void {
    this.clear();
  }

  clear(): void {
    this.#version++;
    for (const item of this.#items.splice(0)) release(item);
  }

  length(): number {
    return this.#items.length;
  }

  snapshot(): Stored[] {
    return this.#items;
  }

  /** An item with the version of the list; see `proxies/versions.ts`. */
  read(index: number): [version: number, item: Stored] {
    return [this.#version, this.#items[this.#position(index)]];
  }

  /** Sets an item if the list is still of this version; else returns the present one. */
  replace(index: number, version: number, item: Stored): true | [number, Stored] {
    if (version !== this.#version) return this.read(index);
    this.set(index, item);
    return true;
  }

  #position(index: number): number {
    const { length } = this.#items;
    const position = index < 0 ? length + index : index;
    if (Number.isInteger(index) && position >= 0 && position < length) return position;
    throw new RangeError(`Cannot set item ${String(index)}: the list has ${length} items`);
  }
}
