/** What a manager hosts: a row for each type. */
import { DICT } from "../../proxies/dict_proxy.ts";
import { LIST } from "../../proxies/list_proxy.ts";
import { SET } from "../../proxies/set_proxy.ts";
import { TYPE } from "../../proxies/types.ts";
import { VALUE } from "../../proxies/value_proxy.ts";
import { HostedDict } from "./dict.ts";
import { HostedIterator } from "./iterator.ts";
import { HostedList } from "./list.ts";
import { HostedSet } from "./set.ts";
import { HostedValue } from "./value.ts";

/** A type that is made by its name. */
export interface HostedType {
  /** The number under which references name it. */
  readonly type: number;
  /** Makes one; the arguments are those of the maker in `ManagerClient`. */
  readonly make: new (...args: never[]) => object;
  /** What can be called. */
  readonly exposed: ReadonlySet<string>;
}

const UPDATES = ["read", "replace"];

const rows: readonly (readonly [keyof typeof TYPE, HostedType["make"], readonly string[]])[] = [
  ["dict", HostedDict, [...Object.keys(DICT), ...UPDATES]],
  ["list", HostedList, [...Object.keys(LIST), ...UPDATES]],
  ["set", HostedSet, Object.keys(SET)],
  ["namespace", HostedDict, [...Object.keys(DICT), ...UPDATES]],
  ["value", HostedValue, [...Object.keys(VALUE), ...UPDATES]],
  ["iterator", HostedIterator, ["next", "return"]],
];

/** The types by their numbers. */
export const HOSTED: ReadonlyMap<number, HostedType> = new Map(
  rows.map(([name, make, exposed]) => [
    TYPE[name],
    { type: TYPE[name], make, exposed: new Set(exposed) },
  ]),
);
