/** Several members in one process: each has an owner slot, a parking and a bell of its own. */
import type { Heap } from "../../src/memory/heap.ts";
import type { OwnerId } from "../../src/memory/owner_id.ts";
import type { WordIndex } from "../../src/memory/words.ts";
import { Recovery } from "../../src/owner/recovery.ts";
import { SLOT, slotOfOwner } from "../../src/owner/slot.ts";
import { member } from "../../src/parking/member.ts";
import { Parking } from "../../src/parking/parking.ts";
import type { Platform } from "../../src/platform/port.ts";
import { currentRuntime } from "../../src/runtime/current.ts";
import { Turnstile } from "../fixtures/parking/turnstile.ts";

/** A word of zero that a test has for a while. */
export class Word implements Disposable {
  readonly at: WordIndex;

  constructor() {
    const { heap: { words }, allocator: { cells } } = member();
    this.at = cells.allocate(4);
    words.store(this.at, 0);
  }

  [Symbol.dispose](): void {
    member().allocator.cells.free(this.at);
  }
}

/**
 * A member that this process plays. It has a pipe for as long as the process lives, so a test file makes a few
 * of them, once.
 */
export class Virtual implements Disposable {
  readonly owner: OwnerId;
  readonly parking: Parking;
  readonly recovery: Recovery;
  /** What it asked the machine to do, in order, since that was last taken. */
  readonly asked: string[] = [];
  readonly #platform: Platform;

  constructor() {
    const { heap, table, owner } = member();
    const real = heap.platform;
    const note = (what: string): void => void this.asked.push(what);
    this.#platform = {
      ...real,
      ring(fd) {
        note("ring");
        real.ring(fd);
      },
      openRinger(pid, fd) {
        note("openRinger");
        return real.openRinger(pid, fd);
      },
    };
    const kernel: Heap["kernel"] = {
      wait(at, expected, milliseconds) {
        note("wait");
        heap.kernel.wait(at, expected, milliseconds);
      },
      wake(at, count) {
        note("wake");
        heap.kernel.wake(at, count);
      },
    };
    this.owner = table.reserve(owner);
    table.activate(this.owner, currentRuntime().pid);
    this.recovery = new Recovery(table, this.owner);
    const own: Partial<Heap> = { words: heap.words, platform: this.#platform, kernel };
    this.parking = new Parking(own as Heap, this.owner, table, this.recovery);
  }

  /** It is gone, and so is its slot; its pipe stays. */
  [Symbol.dispose](): void {
    const { table, owner } = member();
    table.beginRecovery(this.owner, owner);
    table.endRecovery(this.owner, owner);
  }

  /** What it asked since the last time. */
  takeAsked(): string[] {
    return this.asked.splice(0);
  }

  /** A turnstile of this member. */
  turnstile({ at }: { readonly at: WordIndex }): Turnstile {
    return new Turnstile(this.parking, member().heap, at);
  }

  /** Its machine does something else for a while. */
  pretend(changes: Partial<Platform>): Disposable {
    const before = { ...this.#platform };
    Object.assign(this.#platform, changes);
    return { [Symbol.dispose]: () => void Object.assign(this.#platform, before) };
  }
}

/** An owner that is dead: nobody has its process id. */
export function dieAtOnce(): OwnerId {
  const { table, owner, heap: { words } } = member();
  const dead = table.reserve(owner);
  table.activate(dead, currentRuntime().pid);
  // Its start is that of no process.
  words.add(slotOfOwner(dead) + SLOT.startTime, 1);
  return dead;
}
