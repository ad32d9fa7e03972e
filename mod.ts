/**
 * Python's `multiprocessing` for Deno, Bun and Node: real processes, real shared memory.
 *
 * @example Use all processors
 * ```ts
 * import { Pool } from "@x/mp";
 *
 * export function fib(n: number): number {
 *   return n < 2 ? n : fib(n - 1) + fib(n - 2);
 * }
 *
 * if (import.meta.main) {
 *   await using pool = new Pool(); // one worker a processor
 *   console.log(await pool.map(fib, [20, 21, 22, 23]));
 * }
 * ```
 *
 * @module
 */

export {
  Connection,
  pipe,
  type PipeOptions,
  type ReceiveBytesOptions,
} from "./src/channel/connection.ts";
export { JoinableQueue } from "./src/channel/joinable_queue.ts";
export { Queue, type TryGet } from "./src/channel/queue.ts";
export { wait, waitSync } from "./src/channel/wait.ts";
export * from "./src/errors.ts";
export { task } from "./src/functions/tasks.ts";
export { Manager, type ManagerOptions } from "./src/manager/manager.ts";
export { SharedMap, sharedMap } from "./src/map/shared_map.ts";
export type { WaitOptions } from "./src/parking/waitable.ts";
export { AsyncResult, type Callbacks } from "./src/pool/async_result.ts";
export { cpuCount } from "./src/pool/cpu_count.ts";
export type { CallOptions, ImapOptions, MapOptions, PoolOptions } from "./src/pool/options.ts";
export { Pool } from "./src/pool/pool.ts";
export type { RemoteModule } from "./src/pool/remote_module.ts";
export type { WorkerStats } from "./src/pool/stats.ts";
export {
  currentProcess,
  isMainProcess,
  parentProcess,
  type ProcessInfo,
} from "./src/process/current.ts";
export { freezeSupport } from "./src/process/freeze.ts";
export { activeChildren, Process, type ProcessOptions } from "./src/process/process.ts";
export type { ManagerAddress } from "./src/proxies/address.ts";
export type { ArrayOperations, ArrayProxy } from "./src/proxies/array_proxy.ts";
export type { DictOperations, DictProxy } from "./src/proxies/dict_proxy.ts";
export type {
  BarrierOperations,
  BarrierProxy,
  EventOperations,
  EventProxy,
} from "./src/proxies/event_proxy.ts";
export type { AuthKey } from "./src/proxies/handshake.ts";
export type { ListOperations, ListProxy } from "./src/proxies/list_proxy.ts";
export type {
  ConditionProxy,
  HeldProxy,
  LockOperations,
  LockProxy,
  SemaphoreProxy,
} from "./src/proxies/lock_proxy.ts";
export {
  ManagerClient,
  type RegisterOptions,
  type Registrable,
} from "./src/proxies/manager_client.ts";
export type { NamespaceProxy } from "./src/proxies/namespace_proxy.ts";
export type {
  AsyncMethod,
  MethodNames,
  ObjectProxy,
  RemoteIteration,
  SyncMethod,
} from "./src/proxies/object_proxy.ts";
export type { Async, Batches, Results, Step, Steps, Sync } from "./src/proxies/operations.ts";
export type { PoolProxy, PoolProxyOptions } from "./src/proxies/pool_proxy.ts";
export type { JoinableQueueProxy, QueueOperations, QueueProxy } from "./src/proxies/queue_proxy.ts";
export { type ConnectOptions, RemoteManager } from "./src/proxies/remote_manager.ts";
export type { SetOperations, SetProxy } from "./src/proxies/set_proxy.ts";
export type { ValueOperations, ValueProxy } from "./src/proxies/value_proxy.ts";
export type { Stdio } from "./src/runtime/port.ts";
export { dispose, isShared } from "./src/shared/dispose.ts";
export { lockOf } from "./src/shared/lock_of.ts";
export { type ArraySource, sharedArray } from "./src/shared/shared_array.ts";
export type {
  TypedArrayConstructor,
  TypedArrays,
  TypeName,
  ValueOf,
  ValueType,
} from "./src/shared/types.ts";
export { SharedMemory, type SharedMemoryOptions } from "./src/shared/shared_memory.ts";
export { SharedValue, type SharedValueConstructor } from "./src/shared/shared_value.ts";
export {
  SharedStruct,
  type SharedStructConstructor,
  type StructOwner,
} from "./src/shared/shared_struct.ts";
export type { StructArray } from "./src/shared/struct_array.ts";
export type { StructFields, StructInitial, StructValues } from "./src/shared/struct_layout.ts";
export type { StructOperations, StructView } from "./src/shared/struct_view.ts";
export { Barrier, type BarrierOptions } from "./src/sync/barrier.ts";
export { Condition } from "./src/sync/condition.ts";
export { Event } from "./src/sync/event.ts";
export type { Held } from "./src/sync/held.ts";
export { Lock } from "./src/sync/lock.ts";
export { RLock } from "./src/sync/rlock.ts";
export { type ReadOptions, RWLock } from "./src/sync/rwlock.ts";
export { BoundedSemaphore, Semaphore } from "./src/sync/semaphore.ts";
