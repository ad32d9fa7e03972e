/** Maps and sets, as they are when they are met: a getter further in cannot change what is written. */

import { MAP, SET } from "./format.ts";
import { addStep, entryStep } from "./obstacle.ts";
import type { Output } from "./output.ts";
import { writeByte, writeValue } from "./write_value.ts";

/** Writes a map; false if the object only inherits from one. */
export function writeMap(out: Output, value: object): boolean {
  const flat: unknown[] = [];
  try {
    Map.prototype.forEach.call(value as Map<unknown, unknown>, (item, key) => {
      flat.push(key, item);
    });
  } catch {
    return false;
  }
  writeByte(out, MAP);
  out.writeUint(flat.length / 2);
  let i = 0;
  try {
    for (; i < flat.length; i++) writeValue(out, flat[i]);
  } catch (thrown) {
    const entry = i >> 1;
    throw addStep(thrown, i % 2 === 0 ? `.keys()[${entry}]` : entryStep(flat[i - 1], entry));
  }
  return true;
}

/** Writes a set; false if the object only inherits from one. */
export function writeSet(out: Output, value: object): boolean {
  const items: unknown[] = [];
  try {
    Set.prototype.forEach.call(value as Set<unknown>, (item) => {
      items.push(item);
    });
  } catch {
    return false;
  }
  writeByte(out, SET);
  out.writeUint(items.length);
  let i = 0;
  try {
    for (; i < items.length; i++) writeValue(out, items[i]);
  } catch (thrown) {
    throw addStep(thrown, `.values()[${i}]`);
  }
  return true;
}
