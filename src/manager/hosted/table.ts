/** What a manager hosts: a row for each type. */
import { ARRAY } from "../../proxies/array_proxy.ts";
import { DICT } from "../../proxies/dict_proxy.ts";
import { BARRIER, EVENT } from "../../proxies/event_proxy.ts";
import { LIST } from "../../proxies/list_proxy.ts";
import { CONDITION, LOCK, SEMAPHORE } from "../../proxies/lock_proxy.ts";
import { POOL } from "../../proxies/pool_proxy.ts";
import { JOINABLE_QUEUE, QUEUE } from "../../proxies/queue_proxy.ts";
import { SET } from "../../proxies/set_proxy.ts";
import { TYPE } from "../../proxies/types.ts";
import { VALUE } from "../../proxies/value_proxy.ts";
import { HostedArray } from "./array.ts";
import { HostedCondition } from "./condition.ts";
import { HostedDict } from "./dict.ts";
import { HostedBarrier, HostedEvent } from "./event.ts";
import { HostedIterator } from "./iterator.ts";
import { HostedList } from "./list.ts";
import { HostedBoundedSemaphore, HostedLock, HostedRLock, HostedSemaphore } from "./lock.ts";
import { HostedPool } from "./pool.ts";
import { HostedJoinableQueue, HostedQueue } from "./queue.ts";
import { HostedSet } from "./set.ts";
import { HostedValue } from "./value.ts";

/** Who asks: what it holds is given back when it has ended. */
export interface Asker {
  /** Aborted when it has ended. */
  readonly ended: AbortSignal;
}

/** A type that is made by its name. */
export interface HostedType {
  /** The number under which references name it. */
  readonly type: number;
  /** Makes one; the arguments are those of the maker in `ManagerClient`. */
  readonly make: new (...args: never[]) => object;
  /** What can be called. */
  readonly exposed: ReadonlySet<string>;
  /** Whether its methods must know who asks: they get it as their first argument. */
  readonly needsAsker: boolean;
}

const ACQUIRE = ["acquire", "tryAcquire"];
const UPDATES = ["read", "replace"];

const rows: readonly (readonly [
  name: keyof typeof TYPE,
  make: HostedType["make"],
  exposed: readonly string[],
  needsAsker?: true,
])[] = [
  ["dict", HostedDict, [...Object.keys(DICT), ...UPDATES]],
  ["list", HostedList, [...Object.keys(LIST), ...UPDATES]],
  ["set", HostedSet, Object.keys(SET)],
  ["namespace", HostedDict, [...Object.keys(DICT), ...UPDATES]],
  ["value", HostedValue, [...Object.keys(VALUE), ...UPDATES]],
  ["iterator", HostedIterator, ["next", "return"]],
  ["lock", HostedLock, [...Object.keys(LOCK), ...ACQUIRE], true],
  ["rlock", HostedRLock, [...Object.keys(LOCK), ...ACQUIRE], true],
  ["semaphore", HostedSemaphore, [...Object.keys(SEMAPHORE), ...ACQUIRE], true],
  ["boundedSemaphore", HostedBoundedSemaphore, [...Object.keys(SEMAPHORE), ...ACQUIRE], true],
  ["condition", HostedCondition, [...Object.keys(CONDITION), ...ACQUIRE, "wait"], true],
  ["event", HostedEvent, [...Object.keys(EVENT), "wait"], true],
  ["barrier", HostedBarrier, [...Object.keys(BARRIER), "wait"], true],
  ["queue", HostedQueue, [...Object.keys(QUEUE), "put", "get"], true],
  [
    "joinableQueue",
    HostedJoinableQueue,
    [...Object.keys(JOINABLE_QUEUE), "put", "get", "join"],
    true,
  ],
  ["array", HostedArray, Object.keys(ARRAY)],
  ["pool", HostedPool, [...Object.keys(POOL), "apply", "map", "starmap"], true],
];

/** The types by their numbers. */
export const HOSTED: ReadonlyMap<number, HostedType> = new Map(
  rows.map(([name, make, exposed, needsAsker = false]) => [
    TYPE[name],
    { type: TYPE[name], make, exposed: new Set(exposed), needsAsker },
  ]),
);
