/** A process of another tree that asks a manager: a connection, which must prove itself first. */
import { SerializationError } from "../errors.ts";
import { Foreign } from "../proxies/foreign.ts";
import { FRAME_HEADER, framed, Frames, Gatherer } from "../proxies/frames.ts";
import {
  CHALLENGE,
  challenge,
  GREETING,
  HANDSHAKE_TIME,
  joined,
  PROOF,
  type Proofs,
} from "../proxies/handshake.ts";
import { Given, giveOut, referenceOf } from "../proxies/hosted.ts";
import type { Reference, Reply, Request } from "../proxies/messages.ts";
import type { RequestQueue } from "../proxies/requests.ts";
import { takeArrivals } from "../proxies/sealed.ts";
import type { SocketEvents, Wire } from "../runtime/port.ts";
import { Entry, type Host } from "./host.ts";
import { abandon, answer, type Session } from "./session.ts";

/** What all sessions of a manager have in common. */
export interface SocketPlan {
  /** The manager. */
  readonly requests: RequestQueue;
  /** What it hosts. */
  readonly host: Host;
  /** What it knows of the key. */
  readonly proofs: Proofs;
  /** How many bytes a message may have, and how many may wait to be read by the other end. */
  readonly largest: number;
  /** Does what is asked of the manager itself. */
  manage(act: string, args: readonly unknown[]): unknown;
  /** A session has proved itself. */
  proved(session: SocketSession): void;
  /** A session has ended, proved or not. */
  ended(session: SocketSession): void;
}

/** What the client sends to prove itself. */
const ANSWER = CHALLENGE + PROOF;

/** One connection. Whatever comes over it harms this one alone. */
export class SocketSession extends Foreign implements Session, SocketEvents {
  readonly pending: Set<number> = new Set();
  readonly #plan: SocketPlan;
  readonly #wire: Wire;
  readonly #gatherer: Gatherer = new Gatherer();
  readonly #frames: Frames;
  readonly #given: Set<Reference> = new Set();
  readonly #end: AbortController = new AbortController();
  readonly #s: Uint8Array = challenge();
  readonly #timer: ReturnType<typeof setTimeout>;
  #state: "unproved" | "proving" | "proved" | "ended" = "unproved";
  /** Proxies of this process that a message was turned into; they are not needed after it. */
  #made: Disposable[] = [];

  /**
   * @param plan What all sessions have in common.
   * @param wire The connection.
   */
  constructor(plan: SocketPlan, wire: Wire) {
    super();
    this.#plan = plan;
    this.#wire = wire;
    this.#frames = new Frames(this.#gatherer, plan.largest);
    this.#timer = setTimeout(() => this.stop(), HANDSHAKE_TIME);
    wire.write(joined(GREETING, this.#s));
  }

  /** Aborted when the connection has ended. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  data(bytes: Uint8Array): void {
    if (this.#state === "ended") return;
    this.#gatherer.add(bytes);
    if (this.#state === "unproved") {
      if (this.#gatherer.length >= ANSWER) void this.#prove();
    } else if (this.#state === "proved") this.#receive();
    // Who has not proved itself yet has nothing to say.
    else if (this.#gatherer.length > ANSWER) this.stop();
  }

  closed(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    clearTimeout(this.#timer);
    this.pending.clear();
    this.#end.abort();
    for (const reference of this.#given) this.#plan.host.drop(reference);
    this.#given.clear();
    this.#plan.ended(this);
  }

  /** Ends the connection at once. */
  stop(): void {
    this.closed();
    this.#wire.destroy();
  }

  /** The manager was closed: what waits is told, and then the other end. */
  goodbye(): void {
    abandon(this);
    if (this.#state === "proved") this.reply([0, false, "closed"]);
    this.closed();
    this.#wire.end();
  }

  reply([call, failed, value]: Reply): void {
    if (this.#state !== "proved") {
      if (value instanceof Entry) this.#plan.host.discard(value);
      return;
    }
    const shown = value instanceof Entry ? this.#give(value) : value;
    const message = this.encode([call, failed, shown], FRAME_HEADER);
    if (message.length - FRAME_HEADER > this.#plan.largest) {
      throw new SerializationError(
        `Cannot send a reply of ${message.length} bytes: at most ${this.#plan.largest} are allowed`,
      );
    }
    this.#wire.write(framed(message));
    // Who asks and does not read what it is told is not kept in memory without end.
    if (this.#wire.backlog > this.#plan.largest + 2 ** 20) this.stop();
  }

  check(value: unknown, root: string): void {
    this.encode(value, 0, root);
  }

  override referTo(proxy: object): readonly [Reference, number] {
    if (proxy instanceof Given) return [proxy.reference, proxy.type];
    const { reference, requests } = referenceOf(proxy);
    if (requests !== this.#plan.requests.object) {
      throw new SerializationError("Cannot send a proxy of one manager through another");
    }
    const given = this.#give(this.#plan.host.entry(reference));
    return [given.reference, given.type];
  }

  override proxyOf(reference: Reference): object {
    const { host, requests } = this.#plan;
    const entry = host.entry(this.#own(reference));
    const proxy = giveOut(requests, host.refer(entry), entry.type);
    this.#made.push(proxy as Disposable);
    return proxy;
  }

  #give(entry: Entry): Given {
    const reference = this.#plan.host.refer(entry);
    this.#given.add(reference);
    return new Given(reference, entry.type);
  }

  /** A reference that this session was given: others are none of its business. */
  #own(reference: Reference): Reference {
    if (this.#given.has(reference)) return reference;
    throw new SerializationError(
      `Cannot use reference ${String(reference)}: this connection was not given it`,
    );
  }

  async #prove(): Promise<void> {
    this.#state = "proving";
    const bytes = this.#gatherer.take(ANSWER)!;
    const c = bytes.slice(0, CHALLENGE);
    const proof = bytes.slice(CHALLENGE);
    const { proofs } = this.#plan;
    const isProved = await proofs.isProved("client", this.#s, c, proof);
    const answer = isProved ? await proofs.prove("server", this.#s, c) : undefined;
    if (this.#state !== "proving") return;
    if (answer === undefined) {
      this.#wire.write(new Uint8Array([0]));
      this.closed();
      return this.#wire.end();
    }
    clearTimeout(this.#timer);
    this.#state = "proved";
    this.#plan.proved(this);
    this.#wire.write(joined(new Uint8Array([1]), answer));
    this.#receive();
  }

  #receive(): void {
    try {
      for (let frame; (frame = this.#frames.next()) !== undefined;) {
        this.#serve(this.decode(frame) as Request);
        if (this.#state !== "proved") return;
      }
    } catch {
      // What does not speak as a client does is not listened to any more.
      this.stop();
    } finally {
      for (const proxy of this.#made.splice(0)) proxy[Symbol.dispose]();
    }
  }

  #serve([_, call, target, act, args]: Request): void {
    const { host, manage } = this.#plan;
    const arrivals = takeArrivals();
    if (!Number.isInteger(call) || !Array.isArray(args)) throw new TypeError("no request");
    if (call === 0) {
      if (act === "drop" && this.#given.delete(args[0] as number)) host.drop(args[0] as number);
    } else {
      answer(
        this,
        call,
        () => target === 0 ? manage(act, args) : host.call(this.#own(target), act, args, this),
      );
    }
    for (const sealed of arrivals) if (!sealed.isKept) sealed.free();
  }
}
