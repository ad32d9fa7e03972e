/** A single value as the manager keeps it. */
import type { Stored } from "../../proxies/sealed.ts";
import { keep, release } from "./storage.ts";

/** A value of any type. */
export class HostedValue {
  #value: Stored;
  #version = 1;

  /** @param value What it is at first. */
  constructor(value: Stored) {
    this.#value = keep(value);
  }

  get(): Stored {
    return this.#value;
  }

  set(value: Stored): void {
    this.exchange(value);
  }

  exchange(value: Stored): Stored {
    this.#version++;
    const before = release(this.#value);
    this.#value = keep(value);
    return before;
  }

  /** Nobody has it any more. */
  end(): void {
    this.exchange(undefined);
  }

  /** The value with its version; see `proxies/versions.ts`. */
  read(): [version: number, value: Stored] {
    return [this.#version, this.#value];
  }

  /** Sets the value if it is still of this version; else returns the present one. */
  replace(version: number, value: Stored): true | [number, Stored] {
    if (version !== this.#version) return this.read();
    this.set(value);
    return true;
  }
}
