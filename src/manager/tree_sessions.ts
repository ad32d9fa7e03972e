/** The processes of the tree that ask a manager. */
import { prepare } from "../codec/parcel.ts";
import { ClosedError } from "../errors.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import { member } from "../parking/member.ts";
import { giveOut } from "../proxies/hosted.ts";
import type { Reply } from "../proxies/messages.ts";
import type { ReplyQueue } from "../proxies/replies.ts";
import type { RequestQueue } from "../proxies/requests.ts";
import { Entry, type Host } from "./host.ts";
import type { Session } from "./session.ts";

/** One process. */
class TreeSession implements Session {
  readonly pending: Set<number> = new Set();
  readonly #end: AbortController = new AbortController();
  readonly #replies: ReplyQueue;
  readonly #show: (entry: Entry) => object;

  constructor(replies: ReplyQueue, show: (entry: Entry) => object) {
    this.#replies = replies;
    this.#show = show;
  }

  /** Aborted when it has ended. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  check(value: unknown, root: string): void {
    prepare(member(), value, root).cargo.unload();
  }

  reply([call, failed, value]: Reply): void {
    const isEntry = value instanceof Entry;
    const shown = isEntry ? this.#show(value) : value;
    try {
      this.#replies.putSync([call, failed, shown]);
    } catch (error) {
      // It has ended, or does not listen any more.
      if (!(error instanceof ClosedError)) throw error;
    } finally {
      if (isEntry) (shown as Disposable)[Symbol.dispose]();
    }
  }

  end(): void {
    this.#end.abort();
    this.pending.clear();
    this.#replies.dispose();
  }

  close(): void {
    if (!this.#replies.isClosed) this.#replies.close();
  }
}

/** The processes by their names in shared words. */
export class TreeSessions {
  readonly #sessions: Map<OwnerId, TreeSession> = new Map();
  readonly #show: (entry: Entry) => object;

  /**
   * @param requests The manager.
   * @param host What it hosts.
   */
  constructor(requests: RequestQueue, host: Host) {
    this.#show = (entry) => giveOut(requests, host.refer(entry), entry.type);
  }

  /** All of them. */
  get all(): Iterable<Session> {
    return this.#sessions.values();
  }

  /** A reference to something, as a proxy of this process. */
  show(entry: Entry): object {
    return this.#show(entry);
  }

  /** A process comes. */
  begin(owner: OwnerId, replies: ReplyQueue): void {
    this.end(owner);
    this.#sessions.set(owner, new TreeSession(replies, this.#show));
  }

  /** A process that has come before. */
  get(owner: OwnerId): Session | undefined {
    return this.#sessions.get(owner);
  }

  /** A process has died. */
  end(owner: OwnerId): void {
    this.#sessions.get(owner)?.end();
    this.#sessions.delete(owner);
  }

  /** There will be no replies any more. */
  close(): void {
    for (const session of this.#sessions.values()) session.close();
  }
}
