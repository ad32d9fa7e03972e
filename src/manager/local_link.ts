/** The way of a manager's own process to itself, for proxies that were sent to what it hosts. */
import { freeParcel, openParcel, packParcel } from "../codec/parcel.ts";
import { UnsupportedError } from "../errors.ts";
import type { Member } from "../parking/member.ts";
import type { Link, Reference } from "../proxies/messages.ts";
import { takeArrivals } from "../proxies/sealed.ts";
import { Entry, type Host } from "./host.ts";
import { freeReleased } from "./hosted/storage.ts";
import type { TreeSessions } from "./tree_sessions.ts";

/** This process asks as long as it lives. */
const SELF = { ended: new AbortController().signal };

/** Calls at once, without a queue; values are copied as for everybody. */
export class LocalLink implements Link {
  readonly #member: Member;
  readonly #host: Host;
  readonly #sessions: TreeSessions;

  /**
   * @param self This process.
   * @param host What it hosts.
   * @param sessions How references are given out.
   */
  constructor(self: Member, host: Host, sessions: TreeSessions) {
    this.#member = self;
    this.#host = host;
    this.#sessions = sessions;
  }

  async call(target: Reference, act: string, args: readonly unknown[]): Promise<unknown> {
    return this.#shown(await this.#perform(target, act, args));
  }

  callSync(target: Reference, act: string, args: readonly unknown[]): unknown {
    const result = this.#perform(target, act, args);
    if (!(result instanceof Promise)) return this.#shown(result);
    result.catch(() => {});
    throw new UnsupportedError(
      `Cannot call ${act} synchronously: it waits, and this is the manager's own process`,
    );
  }

  #perform(target: Reference, act: string, args: readonly unknown[]): unknown {
    const copies = this.#copied(args, "args") as unknown[];
    const arrivals = takeArrivals();
    try {
      return this.#host.call(target, act, copies, SELF);
    } finally {
      for (const sealed of arrivals) if (!sealed.isKept) sealed.free();
    }
  }

  #shown(result: unknown): unknown {
    try {
      return result instanceof Entry ? this.#sessions.show(result) : this.#copied(result, "result");
    } finally {
      freeReleased();
    }
  }

  #copied(value: unknown, root: string): unknown {
    const place = packParcel(this.#member, value, root);
    try {
      return openParcel(this.#member, place);
    } finally {
      freeParcel(this.#member, place);
    }
  }
}
