/** The manager's own process: takes requests one after the other, until the manager is closed. */
import { ClosedError, TimeoutError } from "../errors.ts";
import { Spinner } from "../parking/spin.ts";
import { nextTurn } from "../channel/turn.ts";
import type { FunctionReference } from "../functions/reference.ts";
import { task as register } from "../functions/tasks.ts";
import { type Member, member } from "../parking/member.ts";
import { currentPlatform } from "../platform/current.ts";
import type { Request } from "../proxies/messages.ts";
import { Proofs } from "../proxies/handshake.ts";
import type { ReplyQueue } from "../proxies/replies.ts";
import type { RequestQueue } from "../proxies/requests.ts";
import { type Sealed, takeArrivals } from "../proxies/sealed.ts";
import { TYPE } from "../proxies/types.ts";
import { setLink } from "../proxies/tree_link.ts";
import type { SocketAddress } from "../runtime/port.ts";
import { Host } from "./host.ts";
import { Listening } from "./listening.ts";
import { LocalLink } from "./local_link.ts";
import { abandon, answer, isWaiting, type Session } from "./session.ts";
import { TreeSessions } from "./tree_sessions.ts";

/**
 * Serves a manager until it is closed.
 *
 * @param requests The manager.
 * @param door Where unrelated processes come in, if they may.
 */
export const serve: (requests: RequestQueue, door?: Door) => Promise<void> = register(
  import.meta,
  async (requests: RequestQueue, door?: Door): Promise<void> => {
    // Ctrl-C goes to all processes of a terminal: who started this one decides what becomes of it.
    currentPlatform().ignoreInterrupts();
    await new Server(requests, door).live();
  },
  "manager server",
);

/** Where unrelated processes come in. */
export interface Door {
  /** The address. */
  readonly address: SocketAddress;
  /** What they must have. */
  readonly key: Uint8Array;
  /** How many bytes a message may have. */
  readonly largest: number;
}

/** Nobody waits for its replies. */
const NOBODY: Session = {
  pending: new Set(),
  ended: new AbortController().signal,
  reply() {},
  check: () => {
    throw new ClosedError("Cannot send: nobody waits");
  },
};

/** For how long requests are served before the event loop gets a turn, in ms. */
const TURN = 8;

/** For how long at a time the thread may sleep, in ms. */
const SLEEP = 50;

/** How long to look for the next request before sleeping, in ms; see `bench/managers.ts`. */
const SPIN = 0.08;

class Server {
  readonly #member: Member = member();
  readonly #requests: RequestQueue;
  readonly #host: Host;
  readonly #sessions: TreeSessions;

  readonly #spinner: Spinner;
  /** When the event loop gets its next turn. */
  #turn = 0;

  readonly #listening: Promise<Listening> | undefined;

  constructor(requests: RequestQueue, door?: Door) {
    this.#requests = requests;
    this.#spinner = new Spinner(this.#member.heap.platform, SPIN);
    this.#host = new Host(() => requests.nextReference());
    this.#sessions = new TreeSessions(requests, this.#host);
    setLink(requests, new LocalLink(this.#member, this.#host, this.#sessions));
    if (door === undefined) return;
    const { address, key, largest } = door;
    this.#listening = Listening.begin(address, {
      requests,
      host: this.#host,
      proofs: new Proofs(key),
      largest,
      manage: (act, args) => this.#manageForeign(act, args),
    });
    // Who asks for the address is told.
    this.#listening.catch(() => {});
  }

  async live(): Promise<void> {
    for (;;) {
      let request: Request;
      try {
        request = await this.#next();
      } catch (error) {
        if (error instanceof ClosedError) break;
        // What was made by another version of this module.
        console.error("Manager:", error);
        continue;
      }
      this.#serve(request);
    }
    for (const session of this.#sessions.all) abandon(session);
    this.#sessions.close();
    await this.#listening?.then((listening) => listening.close(), () => {});
    await this.#host.end();
  }

  /** The next request. The event loop gets a turn now and then, and as long as something waits on it. */
  #next(): Promise<Request> | Request {
    if (isWaiting()) return this.#requests.get();
    const now = performance.now();
    if (now < this.#turn) return this.#soon() ?? this.#blocked() ?? this.#requests.get();
    this.#turn = now + TURN;
    return nextTurn().then(() => this.#next());
  }

  /**
   * A request that comes while this thread sleeps: it is woken sooner than an event loop. Only if nothing that is hosted
   * can need the event loop, and for a while at a time.
   */
  #blocked(): Request | undefined {
    if (this.#listening !== undefined || this.#host.needsTurns) return undefined;
    try {
      return this.#requests.getSync({ timeout: SLEEP });
    } catch (error) {
      if (error instanceof TimeoutError) return undefined;
      throw error;
    }
  }

  /** A request that is there, or comes while it is worth while to look. */
  #soon(): Request | undefined {
    const look = () => {
      const got = this.#requests.tryGet();
      return got.state === "item" ? got.value : undefined;
    };
    return look() ?? this.#spinner.spin(look);
  }

  #serve([owner, call, target, act, args]: Request): void {
    const arrivals = takeArrivals();
    const session = this.#sessions.get(owner) ?? NOBODY;
    if (call === 0) answer(session, 0, () => this.#tell(owner, target, act, args));
    else if (target === 0) answer(session, call, () => this.#manage(act, args));
    else answer(session, call, () => this.#host.call(target, act, args, session));
    for (const sealed of arrivals) if (!sealed.isKept) sealed.free();
  }

  /** What nobody waits for. */
  #tell(owner: number, target: number, act: string, args: readonly unknown[]): void {
    if (act === "make") this.#host.make(target, args);
    else if (act === "drop") this.#host.drop(args[0] as number);
    else if (act === "hello") this.#sessions.begin(owner, args[0] as ReplyQueue);
    else if (act === "died") this.#sessions.end(owner);
    else if (act === "register") {
      this.#host.register(...args as [string, FunctionReference, string[] | undefined]);
    }
  }

  /** The same for unrelated processes: they make and find, and do not have code of theirs run here. */
  #manageForeign(act: string, args: readonly unknown[]): unknown {
    if (act === "make") {
      if (args[0] === TYPE.pool) {
        throw new TypeError(
          "Cannot make a pool: only processes of the manager's tree start processes",
        );
      }
      return this.#host.made(args);
    }
    if (act !== "find") return this.#manage(act, args);
    return this.#host.shown(this.#host.find(args[0] as string));
  }

  /** What is asked of the manager itself. */
  #manage(act: string, args: readonly unknown[]): unknown {
    if (act === "address") return this.#listening?.then((listening) => listening.address);
    if (act === "publish") return this.#host.publish(...args as [string, unknown]);
    if (act === "find") return this.#host.find(args[0] as string);
    if (act === "create") return this.#host.create(...args as [string, Sealed]);
    if (act === "count") return this.#host.count;
    throw new TypeError(`Cannot call ${act}: a manager does not do that`);
  }
}
