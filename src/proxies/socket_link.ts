/** The way to a manager of another tree: a connection. */
import {
  BrokenPipeError,
  ClosedError,
  SerializationError,
  TimeoutError,
  UnsupportedError,
} from "../errors.ts";
import { currentRuntime } from "../runtime/current.ts";
import type { SocketAddress, SocketEvents, Wire } from "../runtime/port.ts";
import { Foreign } from "./foreign.ts";
import { FRAME_HEADER, framed, Frames, Gatherer } from "./frames.ts";
import {
  CHALLENGE,
  challenge,
  GREETING,
  HANDSHAKE_TIME,
  joined,
  PROOF,
  Proofs,
  refused,
} from "./handshake.ts";
import { proxyBy, referenceBy } from "./hosted.ts";
import type { Link, Reference, Reply } from "./messages.ts";
import { revived } from "./revived.ts";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** What the server says when it was closed in order: the number of no call. */
const GOODBYE = 0;

/** A connection whose two ends have proved themselves. */
export class SocketLink extends Foreign implements Link, SocketEvents {
  readonly #waiting: Map<number, Waiting> = new Map();
  readonly #gatherer: Gatherer;
  readonly #frames: Frames;
  readonly #wire: Wire;
  /** Proxies that nobody has any more. */
  readonly #registry: FinalizationRegistry<Reference>;
  #calls = 0;
  #ended: ((act: string) => Error) | undefined;

  private constructor(wire: Wire, gatherer: Gatherer, largest: number) {
    super();
    this.#wire = wire;
    this.#gatherer = gatherer;
    this.#frames = new Frames(gatherer, largest);
    this.#registry = new FinalizationRegistry((reference) => this.#drop(reference));
  }

  /**
   * Connects.
   *
   * @throws {AuthenticationError} if either end does not have the key.
   * @throws {TimeoutError} if nothing came of it in time.
   * @throws {UnsupportedError} if nobody listens there.
   */
  static async open(
    act: string,
    address: SocketAddress,
    key: Uint8Array,
    largest: number,
  ): Promise<SocketLink> {
    const { wire, attach } = await currentRuntime().sockets().connect(address);
    const gatherer = new Gatherer();
    let heard = Promise.withResolvers<void>();
    const route: { link?: SocketLink } = {};
    let isClosed = false;
    attach({
      data(bytes) {
        if (route.link !== undefined) return route.link.data(bytes);
        gatherer.add(bytes);
        heard.resolve();
      },
      closed() {
        isClosed = true;
        if (route.link !== undefined) return route.link.closed();
        heard.resolve();
      },
    });
    const timer = setTimeout(() => wire.destroy(), HANDSHAKE_TIME);
    const started = performance.now();
    const take = async (count: number): Promise<Uint8Array> => {
      for (;;) {
        const bytes = gatherer.take(count);
        if (bytes !== undefined) return bytes;
        if (isClosed) {
          throw performance.now() - started >= HANDSHAKE_TIME
            ? new TimeoutError(`Cannot ${act}: no answer within ${HANDSHAKE_TIME} ms`)
            : refused(act, "the other end closed the connection; is the key the same?");
        }
        heard = Promise.withResolvers();
        await heard.promise;
      }
    };
    try {
      const greeting = await take(GREETING.length);
      if (greeting.some((byte, i) => byte !== GREETING[i])) {
        throw refused(act, "no manager of this version listens there");
      }
      const s = (await take(CHALLENGE)).slice();
      const c = challenge();
      const proofs = new Proofs(key);
      wire.write(joined(c, await proofs.prove("client", s, c)));
      if ((await take(1))[0] !== 1) throw refused(act, "the manager has another key");
      if (!await proofs.isProved("server", s, c, await take(PROOF))) {
        throw refused(act, "what listens there has another key");
      }
    } catch (error) {
      wire.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    const link = route.link = new SocketLink(wire, gatherer, largest);
    wire.unref();
    if (isClosed) link.closed();
    else link.#deliver();
    return link;
  }

  /** Whether nothing can be asked any more. */
  get isClosed(): boolean {
    return this.#ended !== undefined;
  }

  call(target: Reference, act: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) throw this.#ended(`call ${act}`);
      const call = ++this.#calls;
      this.#send([0, call, target, act, args]);
      this.#waiting.set(call, { resolve, reject });
      // Somebody waits: the event loop must go on.
      this.#wire.ref();
    });
  }

  callSync(_target: Reference, act: string): never {
    throw new UnsupportedError(
      `Cannot call ${act} synchronously: the manager is reached by a socket, whose replies come on ` +
        "the event loop; use the method without Sync",
    );
  }

  /** Ends the connection: what was given out through it is forgotten. */
  close(): void {
    if (this.#ended !== undefined) return;
    this.#end((act) => new ClosedError(`Cannot ${act}: the connection to the manager is closed`));
    this.#wire.end();
  }

  data(bytes: Uint8Array): void {
    this.#gatherer.add(bytes);
    this.#deliver();
  }

  closed(): void {
    this.#end((act) =>
      new BrokenPipeError(`Cannot ${act}: the connection to the manager has broken`)
    );
  }

  override referTo(proxy: object): readonly [Reference, number] {
    const reference = referenceBy(this, proxy);
    if (reference !== undefined) return [reference, 0];
    throw new SerializationError(
      "Cannot send a proxy to this manager: it is one of another manager or connection",
    );
  }

  override proxyOf(reference: Reference, type: number): object {
    const proxy = proxyBy(this, reference, type, () => {
      this.#registry.unregister(proxy);
      this.#drop(reference);
    });
    this.#registry.register(proxy, reference, proxy);
    return proxy;
  }

  #drop(reference: Reference): void {
    if (this.#ended === undefined) this.#send([0, 0, 0, "drop", [reference]]);
  }

  #send(request: readonly unknown[]): void {
    this.#wire.write(framed(this.encode(request, FRAME_HEADER)));
  }

  #deliver(): void {
    try {
      for (let frame; (frame = this.#frames.next()) !== undefined;) {
        this.#settle(this.decode(frame) as Reply);
        if (this.#ended !== undefined) return;
      }
    } catch (error) {
      // What does not speak as a manager does is not listened to any more.
      this.#end(() => error as Error);
      this.#wire.destroy();
    }
  }

  #settle([call, failed, value]: Reply): void {
    if (call === GOODBYE) {
      this.#end((act) => new ClosedError(`Cannot ${act}: the manager is closed`));
      return this.#wire.end();
    }
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    if (this.#waiting.size === 0) this.#wire.unref();
    if (failed) waiting?.reject(revived(value));
    else waiting?.resolve(value);
  }

  #end(ended: (act: string) => Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = ended;
    this.#wire.unref();
    for (const { reject } of this.#waiting.values()) reject(ended("go on"));
    this.#waiting.clear();
  }
}
