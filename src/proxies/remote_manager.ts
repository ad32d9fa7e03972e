/** A manager as a process of another tree uses it. */
import { refuseClass } from "../codec/write_builtin.ts";
import { checkText } from "../parking/checks.ts";
import type { ArraySource } from "../shared/shared_array.ts";
import type { TypeName } from "../shared/types.ts";
import { type ManagerAddress, parsedAddress } from "./address.ts";
import type { ArrayProxy } from "./array_proxy.ts";
import "./array_proxy.ts";
import type { DictProxy } from "./dict_proxy.ts";
import "./dict_proxy.ts";
import type { BarrierProxy, EventProxy } from "./event_proxy.ts";
import "./event_proxy.ts";
import { LARGEST_MESSAGE } from "./frames.ts";
import { type AuthKey, keyBytes } from "./handshake.ts";
import type { ListProxy } from "./list_proxy.ts";
import "./list_proxy.ts";
import type { ConditionProxy, LockProxy, SemaphoreProxy } from "./lock_proxy.ts";
import "./lock_proxy.ts";
import type { NamespaceProxy } from "./namespace_proxy.ts";
import "./namespace_proxy.ts";
import type { ObjectProxy } from "./object_proxy.ts";
import "./object_proxy.ts";
import { packedEntries, packedItems, packedProperties } from "./packing.ts";
import type { JoinableQueueProxy, QueueProxy } from "./queue_proxy.ts";
import "./queue_proxy.ts";
import { seal, Sealing } from "./sealed.ts";
import type { SetProxy } from "./set_proxy.ts";
import "./set_proxy.ts";
import { SocketLink } from "./socket_link.ts";
import { TYPE } from "./types.ts";
import type { ValueProxy } from "./value_proxy.ts";
import "./value_proxy.ts";
import { inspectable } from "../runtime/inspection.ts";

/** How to connect to a manager. */
export interface ConnectOptions {
  /** The key of the manager: a text or bytes. */
  readonly authKey: AuthKey;
  /** How many bytes a message may have, as the manager was told; 64 MiB by default. */
  readonly maxMessageSize?: number;
}

/**
 * A manager that is reached by a socket. Everything is asked for asynchronously: replies come on the event loop, and
 * the twins with `Sync` at the end of their names throw `UnsupportedError`.
 *
 * What this connection has been given is forgotten when it ends, however that happens, unless others have it.
 * The connection keeps this process alive as long as a reply is waited for, and no longer.
 *
 * @example Two programs
 * ```ts
 * import { type DictProxy, Manager } from "@x/mp";
 *
 * if (import.meta.main) {
 *   // One of them has a manager that listens …
 *   await using manager = new Manager({ address: { port: 0 }, authKey: "sesame" });
 *   await manager.publish("ages", manager.dict([["Ada", 36]]));
 *   const address = (await manager.address())!;
 *
 *   // … the other one, on whatever runtime, connects to it.
 *   using remote = await Manager.connect(address, { authKey: "sesame" });
 *   const ages = await remote.find<DictProxy<string, number>>("ages");
 *   await ages.set("Grace", 85);
 *   console.log(await ages.get("Ada"), await ages.size()); // 36 2
 * }
 * ```
 */
export class RemoteManager implements Disposable {
  readonly #link: SocketLink;

  /** @ignore */
  private constructor(link: SocketLink) {
    this.#link = link;
  }

  /** Connects; see {@linkcode Manager.connect}. */
  static async connect(
    address: ManagerAddress,
    options: ConnectOptions,
  ): Promise<RemoteManager> {
    const act = "connect to the manager";
    const key = keyBytes(act, options?.authKey);
    const { maxMessageSize = LARGEST_MESSAGE } = options;
    const place = parsedAddress(act, address);
    return new RemoteManager(await SocketLink.open(act, place, key, maxMessageSize));
  }

  /** Whether the connection has ended. */
  get isClosed(): boolean {
    return this.#link.isClosed;
  }

  /** Makes a dict; see {@linkcode ManagerClient.dict}. */
  dict<K = unknown, V = unknown>(
    entries: Iterable<readonly [K, V]> = [],
  ): Promise<DictProxy<K, V>> {
    const packed = packedEntries("make a dict", entries);
    return this.#make(TYPE.dict, packed);
  }

  /** Makes a list. */
  list<T = unknown>(items: Iterable<T> = []): Promise<ListProxy<T>> {
    return this.#make(TYPE.list, packedItems("make a list", items));
  }

  /** Makes a set. */
  set<T = unknown>(items: Iterable<T> = []): Promise<SetProxy<T>> {
    return this.#make(TYPE.set, packedItems("make a set", items));
  }

  /** Makes a namespace. */
  namespace<T extends object = Record<string, unknown>>(
    initial: Partial<T> = {},
  ): Promise<NamespaceProxy<T>> {
    const packed = packedProperties("make a namespace", initial);
    return this.#make(TYPE.namespace, packed);
  }

  /** Makes a value of any type. */
  value<T>(initial: T): Promise<ValueProxy<T>> {
    return this.#make(TYPE.value, seal(initial));
  }

  /** Makes an array of numbers. */
  array<T extends TypeName>(type: T, source: ArraySource): Promise<ArrayProxy<T>> {
    const packed = typeof source === "object" ? Array.from(source as ArrayLike<number>) : source;
    return this.#make(TYPE.array, type, packed);
  }

  /** Makes a queue. */
  queue<T = unknown>(maxSize = 0): Promise<QueueProxy<T>> {
    return this.#make(TYPE.queue, maxSize);
  }

  /** Makes a queue whose items are said to be done. */
  joinableQueue<T = unknown>(maxSize = 0): Promise<JoinableQueueProxy<T>> {
    return this.#make(TYPE.joinableQueue, maxSize);
  }

  /** Makes a lock. */
  lock(): Promise<LockProxy> {
    return this.#make(TYPE.lock);
  }

  /** Makes a lock that who holds it can acquire again. */
  rlock(): Promise<LockProxy> {
    return this.#make(TYPE.rlock);
  }

  /** Makes a semaphore. */
  semaphore(value = 1): Promise<SemaphoreProxy> {
    return this.#make(TYPE.semaphore, value);
  }

  /** Makes a semaphore that is not released too often. */
  boundedSemaphore(value = 1): Promise<SemaphoreProxy> {
    return this.#make(TYPE.boundedSemaphore, value);
  }

  /** Makes a condition. */
  condition(): Promise<ConditionProxy> {
    return this.#make(TYPE.condition);
  }

  /** Makes an event. */
  event(): Promise<EventProxy> {
    return this.#make(TYPE.event);
  }

  /** Makes a barrier. */
  barrier(parties: number): Promise<BarrierProxy> {
    return this.#make(TYPE.barrier, parties);
  }

  /** Makes an instance of a class that the manager's own tree has registered; see {@linkcode ManagerClient.create}. */
  async create<T extends object = Record<string, (...args: unknown[]) => unknown>>(
    name: string,
    ...args: unknown[]
  ): Promise<ObjectProxy<T>> {
    checkText("create an instance", "name", name);
    return await this.#link.call(0, "create", [name, new Sealing(args, "args")]) as ObjectProxy<T>;
  }

  /** Makes a proxy known by a name; see {@linkcode ManagerClient.publish}. */
  async publish(name: string, thing: unknown): Promise<void> {
    checkText("publish", "name", name);
    await this.#link.call(0, "publish", [name, thing]);
  }

  /**
   * What was made known by a name: a proxy. Locks, queues and so on of the manager's tree arrive as proxies of
   * themselves, arrays too.
   *
   * @throws {NotFoundError} if nothing was.
   */
  async find<T = unknown>(name: string): Promise<T> {
    checkText("find", "name", name);
    return await this.#link.call(0, "find", [name]) as T;
  }

  /** How many things the manager hosts. */
  async count(): Promise<number> {
    return await this.#link.call(0, "count", []) as number;
  }

  /** Ends the connection. */
  close(): void {
    this.#link.close();
  }

  /** The same as {@linkcode RemoteManager.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  async #make<P>(type: number, ...args: readonly unknown[]): Promise<P> {
    return await this.#link.call(0, "make", [type, ...args]) as P;
  }
}
refuseClass(RemoteManager.prototype, "RemoteManager", "send its address: who has the key connects");

inspectable(RemoteManager.prototype, ["isClosed"]);
