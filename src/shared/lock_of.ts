/** The lock that everything shared brings. */
import type { RLock } from "../sync/rlock.ts";
import { lockIn } from "./lock_word.ts";
import { bytesObject, LOCK_OF_BYTES } from "./shared_bytes.ts";
import { SharedStruct } from "./shared_struct.ts";
import { SharedValue } from "./shared_value.ts";
import { SharedStructArray, type StructArray } from "./struct_array.ts";

/**
 * The lock of a shared array, value or struct: always the same one, for all views of its memory and in all
 * processes. Nobody is kept from the memory who does not take it.
 *
 * It costs nothing before it is first asked for.
 *
 * @example Two elements that belong together
 * ```ts
 * import { lockOf, sharedArray } from "@x/mp";
 *
 * export function transfer(accounts: BigInt64Array, from: number, to: number, amount: bigint): void {
 *   using _held = lockOf(accounts).acquireSync();
 *   accounts[from] -= amount;
 *   accounts[to] += amount;
 * }
 *
 * using accounts = sharedArray("q", [100, 0]);
 * transfer(accounts, 0, 1, 30n);
 * console.log(accounts.join()); // 70,30
 * ```
 *
 * @throws {TypeError} if it is nothing shared, or was disposed here. Named memory has no lock: unrelated
 * processes have none in common.
 * @throws {OutOfMemoryError} if it is asked for the first time, and there is no room for a lock.
 */
export function lockOf(
  shared: ArrayBufferView | ArrayBuffer | Pick<StructArray, "buffer" | "stride"> | {
    readonly lock: RLock;
  },
): RLock {
  if (shared instanceof SharedValue || shared instanceof SharedStruct) return shared.lock;
  const owner = shared instanceof SharedStructArray || ArrayBuffer.isView(shared)
    ? shared.buffer
    : shared;
  const at = owner instanceof ArrayBuffer ? bytesObject(owner) : undefined;
  if (at !== undefined) return lockIn(at + LOCK_OF_BYTES);
  throw new TypeError(
    "Cannot tell the lock: this is no shared array, value or struct, or was disposed in this process",
  );
}
