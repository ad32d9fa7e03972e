/** Events and barriers that a manager keeps for others. */
import { Barrier } from "../../sync/barrier.ts";
import { Event } from "../../sync/event.ts";
import type { Patience } from "./lock.ts";
import type { Asker } from "./table.ts";

/** An event. */
export class HostedEvent {
  readonly #event: Event;

  /** @param event What it is in shared memory. */
  constructor(event: Event = new Event()) {
    this.#event = event;
  }

  set(): void {
    this.#event.set();
  }

  clear(): void {
    this.#event.clear();
  }

  isSet(): boolean {
    return this.#event.isSet;
  }

  wait(asker: Asker, wait?: Patience): Promise<true> {
    return this.#event.wait({ timeout: wait?.timeout, signal: asker.ended });
  }

  /** Nobody has it any more; it stays as it is for those who have it in shared memory. */
  end(): void {}
}

/** A barrier. */
export class HostedBarrier {
  readonly #barrier: Barrier;

  /** @param barrier What it is in shared memory, or for how many parties to make one. */
  constructor(barrier: Barrier | number) {
    this.#barrier = barrier instanceof Barrier ? barrier : new Barrier(barrier);
  }

  wait(asker: Asker, wait?: Patience): Promise<number> {
    return this.#barrier.wait({ timeout: wait?.timeout, signal: asker.ended });
  }

  abort(): void {
    this.#barrier.abort();
  }

  reset(): void {
    this.#barrier.reset();
  }

  parties(): number {
    return this.#barrier.parties;
  }

  waiting(): number {
    return this.#barrier.waiting;
  }

  broken(): boolean {
    return this.#barrier.broken;
  }

  /** Nobody has it any more. */
  end(): void {}
}
