/** A process of a model that runs the real parking, owner table and recovery. */

import { TimeoutError } from "../../../src/errors.ts";
import type { Heap } from "../../../src/memory/heap.ts";
import { type OwnerId, ownerId } from "../../../src/memory/owner_id.ts";
import type { WordMemory } from "../../../src/memory/words.ts";
import { Recovery } from "../../../src/owner/recovery.ts";
import { OwnerTable } from "../../../src/owner/table.ts";
import { Parking } from "../../../src/parking/parking.ts";
import type { Waitable } from "../../../src/parking/waitable.ts";
import type { Platform } from "../../../src/platform/port.ts";
import type { Verbs } from "../explore.ts";
import { Clock } from "./clock.ts";
import { type Plant, Tardy } from "./plants.ts";
import type { Region } from "./region.ts";

/** How a process waits: blocking its thread on the word, or on its bell as for several words, or on its event loop. */
export type Kind = "sync" | "any" | "async";

/** One process; each program of a participant makes its own. */
export class Process {
  readonly owner: OwnerId;
  readonly words: WordMemory;
  readonly parking: Parking;
  readonly recovery: Recovery;
  readonly #clock: Clock;
  readonly #tardy: Tardy | undefined;
  #onRing: () => void = () => {};
  #rests = false;

  /** @param plant A bug. */
  constructor(verbs: Verbs, region: Region, slot: number, plant?: Plant) {
    this.owner = ownerId(slot, 1);
    this.words = region.words(verbs);
    if (plant !== undefined) this.words = this.#tardy = new Tardy(this.words, plant, slot);
    this.#clock = new Clock(verbs);
    const identify = (pid: number) =>
      verbs.alive(pid - 1) ? { startTime: 1, ended: false } : undefined;
    const platform: Partial<Platform> = {
      identify,
      processors: () => 1,
      openBell: (onRing) => {
        this.#onRing = onRing;
        return {
          writeFd: 0,
          ring: () => {},
          ear: {
            listen: () => {},
            rest: () => {
              this.#rests = true;
              return new Promise(() => {});
            },
          },
        };
      },
      openRinger: (pid) => pid,
      buryBell: () => {},
      ring: (pid) => verbs.ring(pid - 1),
      close: () => {},
    };
    const place = (at: number) => {
      const found = region.place(at);
      verbs.assert(found !== undefined, `sleeps on word ${at}, which the model leaves out`);
      return found!;
    };
    const heap: Partial<Heap> = {
      words: this.words as Heap["words"],
      platform: platform as Platform,
      kernel: {
        wait: (at, expected, ms) => verbs.kernel.wait(place(at), expected, ms),
        wake: (at, count) => verbs.kernel.wake(place(at), count),
      },
    };
    const table = new OwnerTable(this.words, identify);
    this.recovery = new Recovery(table, this.owner);
    this.parking = new Parking(heap as Heap, this.owner, table, this.recovery);
  }

  /** Does something at the time of the model. */
  run<T>(act: () => T): T {
    return this.#clock.within(act);
  }

  /** Waits; undefined if it was given up. */
  wait<T>(kind: Kind, waitable: Waitable<T>, deadline: number): T | undefined {
    return this.run(() => {
      if (kind === "async") return this.#onLoop([waitable], deadline)[0];
      if (kind === "any") {
        return this.parking.waitAnySync([waitable], () => waitable.attempt(), deadline);
      }
      try {
        return this.parking.waitSync(waitable, deadline);
      } catch (error) {
        if (error instanceof TimeoutError) return undefined;
        throw error;
      }
    });
  }

  /** Waits for several things at once, on the event loop, and returns them. */
  waitForAll<T>(waitables: readonly Waitable<T>[], deadline: number): readonly T[] {
    return this.run(() => this.#onLoop(waitables, deadline));
  }

  /** A model is synchronous, so this returns when the last wait is over. */
  #onLoop<T>(waitables: readonly Waitable<T>[], deadline: number): readonly T[] {
    const values: T[] = [];
    this.#rests = false;
    for (const waitable of waitables) {
      const attempt = () => {
        const taken = waitable.attempt();
        if (taken !== undefined) values.push(taken);
        return taken;
      };
      // Promises settle after the model, and a suspension rejects this one.
      this.parking.waitAsync({ ...waitable, attempt }, deadline).catch(() => {});
    }
    while (values.length < waitables.length && !this.#rests) {
      this.#tardy?.catchUp();
      this.#clock.turn(this.#onRing);
    }
    return values;
  }
}
