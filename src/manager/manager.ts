/** A manager, as the process that starts it sees it. */
import { shown } from "../parking/checks.ts";
import type { FunctionReference } from "../functions/reference.ts";
import { describeClass } from "../functions/describe.ts";
import type { WaitOptions } from "../parking/waitable.ts";
import { mainModule } from "../process/current.ts";
import { assertMayStart } from "../process/guard.ts";
import { ownerOfProcess, Process } from "../process/process.ts";
import { isLocal, type ManagerAddress, parsedAddress } from "../proxies/address.ts";
import { LARGEST_MESSAGE } from "../proxies/frames.ts";
import { type AuthKey, keyBytes } from "../proxies/handshake.ts";
import { ManagerClient, type Registrable } from "../proxies/manager_client.ts";
import { type ConnectOptions, RemoteManager } from "../proxies/remote_manager.ts";
import { RequestQueue } from "../proxies/requests.ts";
import { endLink, linkTo } from "../proxies/tree_link.ts";
import { type Door, serve } from "./server.ts";
import { inspectable } from "../runtime/inspection.ts";

/** How long a manager's process may take for its end before it is killed, in ms. */
const SHUTDOWN = 1_000;

/** How a manager is started. */
export interface ManagerOptions {
  /** What its process is called; by default `Manager`. */
  readonly name?: string;
  /**
   * Where unrelated processes can reach it: the path of a Unix socket, or `{ port, host }`; port 0 is any. By default
   * nowhere.
   */
  readonly address?: ManagerAddress;
  /** What they must have: a text or bytes; 32 random bytes are a good key. Needed with an address. */
  readonly authKey?: AuthKey;
  /** Allows an address that other machines can reach. What is sent is not encrypted. */
  readonly allowRemote?: boolean;
  /** How many bytes a message of an unrelated process may have; 64 MiB by default. */
  readonly maxMessageSize?: number;
}

/**
 * A process that hosts dicts, lists, sets, namespaces, values, and instances of classes of yours, for all processes
 * of this tree.
 *
 * - What it makes is used through proxies, which travel anywhere: as arguments and results, through queues, into
 *   each other. All proxies of one thing speak of the same thing.
 * - **What is put in and taken out is copied.** To change a copy changes nothing over there.
 * - Calls travel through shared memory; the twins with `Sync` at the end of their names work while this process's event
 *   loop is blocked.
 * - What nobody has a proxy of any more is forgotten, however its last user ended.
 * - Locks, events, queues and shared arrays need no process to host them: those that it makes are the same as those
 *   of `new Lock()` and so on, as fast, and survive it.
 * - Its process dies with the one that started it, however that ends, and does not heed Ctrl-C by itself. If it is
 *   killed, pending calls reject with `ProcessDiedError`, and so does every later one; how it has ended stands in the error
 *   in the process that started it, and elsewhere once that one knows.
 *
 * Modelled on Python's `multiprocessing.Manager`.
 *
 * @example Two children and their parent fill a dict
 * ```ts
 * import { type DictProxy, Manager, Process } from "@x/mp";
 *
 * export function put(dict: DictProxy<string, number>, key: string, value: number) {
 *   dict.view[key] = value;
 * }
 *
 * if (import.meta.main) {
 *   using manager = new Manager();
 *   const dict = manager.dict<string, number>();
 *   const one = new Process(put, { args: [dict, "one", 1] }).start();
 *   const two = new Process(put, { args: [dict, "two", 2] }).start();
 *   await one.join();
 *   await two.join();
 *   dict.view["three"] = 3;
 *   console.log(await dict.size()); // 3
 * }
 * ```
 */
export class Manager extends ManagerClient implements Disposable, AsyncDisposable {
  readonly #requests: RequestQueue;
  readonly #process: Process<[RequestQueue, Door?], Promise<void>>;

  /**
   * Starts the manager's process; returns at once.
   *
   * @param options How.
   * @throws {TypeError} if there is an address without a key, or one that other machines can reach without
   * `allowRemote`.
   * @throws {ProcessError} in a child that is still importing its module.
   * @throws {UnsupportedError} without the permission to start processes.
   */
  constructor(options: ManagerOptions = {}) {
    const door = doorOf(options);
    assertMayStart("start a manager");
    const requests = new RequestQueue();
    super(requests);
    this.#requests = requests;
    const name = options.name ?? "Manager";
    this.#process = new Process(serve, { args: [requests, door], name, daemon: true });
    this.#process.start();
    const process = this.#process as unknown as Process;
    requests.setServer(ownerOfProcess(process), process.pid!);
    requests.setStarter({ look: () => this.#tellExit(), ended: () => this.#process.join() });
    // For the others, who have no other way to know. This does not keep the event loop open.
    this.#process.result.then(() => this.#tellExit(), () => this.#tellExit());
  }

  /**
   * Connects to a manager that another program has started.
   *
   * Both ends prove that they have the key before either looks at anything else that the other one sends.
   *
   * @param address Where it listens.
   * @param options The key.
   * @throws {AuthenticationError} if one of the two has another key.
   * @throws {UnsupportedError} if nobody listens there, or without the permission to connect.
   * @throws {TimeoutError} if nobody answers within 5 s.
   */
  static connect(address: ManagerAddress, options: ConnectOptions): Promise<RemoteManager> {
    return RemoteManager.connect(address, options);
  }

  /**
   * Where unrelated processes can reach it, with the port that was chosen; `undefined` if nowhere.
   *
   * @throws {UnsupportedError} if the address cannot be had, or without the permission; it says why.
   */
  async address(): Promise<ManagerAddress | undefined> {
    return await linkTo(this.#requests).call(0, "address", []) as ManagerAddress | undefined;
  }

  /** Whether its process is running. */
  get isAlive(): boolean {
    return this.#process.isAlive;
  }

  /**
   * Takes no more calls: those that were made are answered, then its process ends. Every later call throws
   * `ClosedError`. A second call does nothing.
   */
  close(): void {
    if (!this.#requests.isClosed) this.#requests.close();
  }

  /**
   * Waits until its process has ended; call {@linkcode Manager.close} before.
   *
   * @param wait How long to wait.
   * @returns Whether it has ended; false if the time was over.
   */
  join(wait?: WaitOptions): Promise<boolean> {
    return this.#process.join(wait);
  }

  /** Kills its process at once; pending calls reject with `ProcessDiedError`. */
  terminate(): void {
    this.#process.kill();
  }

  /** Closes it and blocks this thread until its process has ended, which is killed if that takes more than a second. */
  [Symbol.dispose](): void {
    this.close();
    if (!this.#process.joinSync({ timeout: SHUTDOWN })) {
      this.terminate();
      this.#process.joinSync();
    }
    endLink(this.#requests);
  }

  /** Closes it and waits until its process has ended, which is killed if that takes more than a second. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    if (!await this.#process.join({ timeout: SHUTDOWN })) {
      this.terminate();
      await this.#process.join();
    }
    endLink(this.#requests);
  }

  /** Says how the process has ended, if it has. */
  #tellExit(): void {
    const { exitCode } = this.#process;
    if (exitCode !== null) this.#requests.setExit(exitCode);
  }

  /** @ignore */
  protected override describe(registered: Registrable): FunctionReference {
    return describeClass(registered, undefined, mainModule());
  }
}

/** Where unrelated processes come in, if they may. */
function doorOf(options: ManagerOptions): Door | undefined {
  const act = "start a manager";
  const { address, authKey, allowRemote = false, maxMessageSize = LARGEST_MESSAGE } = options;
  if (address === undefined) {
    if (authKey === undefined) return undefined;
    throw new TypeError(`Cannot ${act}: authKey is for who connects, and there is no address`);
  }
  const parsed = parsedAddress(act, address);
  if (!isLocal(parsed) && !allowRemote) {
    throw new TypeError(
      `Cannot ${act}: other machines can reach ${parsed.host}; say allowRemote: true if they shall`,
    );
  }
  if (!Number.isInteger(maxMessageSize) || maxMessageSize < 1_024 || maxMessageSize > 2 ** 31) {
    throw new RangeError(
      `Cannot ${act}: maxMessageSize must be from 1024 to 2147483648 bytes, got ${
        shown(maxMessageSize)
      }`,
    );
  }
  return { address: parsed, key: keyBytes(act, authKey), largest: maxMessageSize };
}

inspectable(Manager.prototype, ["pid", "isAlive", "isClosed"]);
