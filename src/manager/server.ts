/** The manager's own process: takes requests one after the other, until the manager is closed. */
import { ClosedError } from "../errors.ts";
import type { FunctionReference } from "../functions/reference.ts";
import { task as register } from "../functions/tasks.ts";
import { type Member, member } from "../parking/member.ts";
import { currentPlatform } from "../platform/current.ts";
import type { Request } from "../proxies/messages.ts";
import type { ReplyQueue } from "../proxies/replies.ts";
import type { RequestQueue } from "../proxies/requests.ts";
import { type Sealed, takeArrivals } from "../proxies/sealed.ts";
import { setLink } from "../proxies/tree_link.ts";
import { Host } from "./host.ts";
import { LocalLink } from "./local_link.ts";
import { abandon, answer, type Session } from "./session.ts";
import { TreeSessions } from "./tree_sessions.ts";

/**
 * Serves a manager until it is closed.
 *
 * @param requests The manager.
 */
export const serve: (requests: RequestQueue) => Promise<void> = register(
  import.meta,
  async (requests: RequestQueue): Promise<void> => {
    // Ctrl-C goes to all processes of a terminal: who started this one decides what becomes of it.
    currentPlatform().ignoreInterrupts();
    await new Server(requests).live();
  },
  "manager server",
);

/** Nobody waits for its replies. */
const NOBODY: Session = { pending: new Set(), reply() {} };

class Server {
  readonly #member: Member = member();
  readonly #requests: RequestQueue;
  readonly #host: Host;
  readonly #sessions: TreeSessions;

  constructor(requests: RequestQueue) {
    this.#requests = requests;
    this.#host = new Host(() => requests.nextReference());
    this.#sessions = new TreeSessions(requests, this.#host);
    setLink(requests, new LocalLink(this.#member, this.#host, this.#sessions));
  }

  async live(): Promise<void> {
    for (;;) {
      let request: Request;
      try {
        request = await this.#requests.get();
      } catch (error) {
        if (error instanceof ClosedError) break;
        // What was made by another version of this module.
        console.error("Manager:", error);
        continue;
      }
      this.#serve(request);
    }
    for (const session of this.#sessions.all) abandon(this.#member, session);
    this.#sessions.close();
    this.#host.end();
  }

  #serve([owner, call, target, act, args]: Request): void {
    const arrivals = takeArrivals();
    const session = this.#sessions.get(owner) ?? NOBODY;
    if (call === 0) answer(this.#member, session, 0, () => this.#tell(owner, target, act, args));
    else if (target === 0) answer(this.#member, session, call, () => this.#manage(act, args));
    else answer(this.#member, session, call, () => this.#host.call(target, act, args));
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

  /** What is asked of the manager itself. */
  #manage(act: string, args: readonly unknown[]): unknown {
    if (act === "create") return this.#host.create(...args as [string, Sealed]);
    if (act === "count") return this.#host.count;
    throw new TypeError(`Cannot call ${act}: a manager does not do that`);
  }
}
