/** Built-in classes: which writer an object's prototype stands for. */

import { BOXED, DATE, REGEXP } from "./format.ts";
import type { Output } from "./output.ts";
import { refuseByTag, REFUSED_PROTOTYPES, refuseInstance } from "./refused.ts";
import { writeBuffer } from "./write_buffer.ts";
import { writeMap, writeSet } from "./write_collection.ts";
import { writeError } from "./write_error.ts";
import { writeDouble } from "./write_number.ts";
import { writeString } from "./write_string.ts";
import { writeByte, writeValue } from "./write_value.ts";
import { writeDataView, writeTypedArray } from "./write_view.ts";

/** Writes an object, unless it only looks like an instance: then it returns false. */
export type WriteBuiltin = (out: Output, value: object) => boolean;

const BY_TAG: Readonly<Record<string, WriteBuiltin | undefined>> = {
  ArrayBuffer: writeBuffer,
  BigInt: writeBoxed(BigInt.prototype.valueOf),
  Boolean: writeBoxed(Boolean.prototype.valueOf),
  DataView: writeDataView,
  Date: writeDate,
  Error: writeError,
  Map: writeMap,
  Number: writeBoxed(Number.prototype.valueOf),
  RegExp: writeRegExp,
  Set: writeSet,
  String: writeBoxed(String.prototype.valueOf),
};

const builtins = new Map<object, WriteBuiltin>(REFUSED_PROTOTYPES.map(([prototype, name]) => {
  return [prototype, () => refuseInstance(name)];
}));
for (
  const constructor of [
    ArrayBuffer,
    BigInt,
    Boolean,
    DataView,
    Date,
    Error,
    Map,
    Number,
    RegExp,
    Set,
    String,
  ]
) {
  builtins.set(constructor.prototype, BY_TAG[constructor.name]!);
}
builtins.set(Object.getPrototypeOf(Uint8Array.prototype), writeTypedArray);

/**
 * Makes instances of a class of this module an error to send: they mean something in one process only.
 *
 * @param name What they are called, without an article.
 * @param hint What to send instead.
 */
export function refuseClass(prototype: object, name: string, hint?: string): void {
  builtins.set(prototype, () => refuseInstance(name, hint));
}

/** The writer of a built-in class. */
export function builtinOfPrototype(prototype: object): WriteBuiltin | undefined {
  return builtins.get(prototype);
}

/** The writer of a built-in class of another realm; refuses what cannot cross by its tag. */
export function builtinOfTag(tag: string, value: object): WriteBuiltin | undefined {
  if (ArrayBuffer.isView(value)) return tag === "DataView" ? writeDataView : writeTypedArray;
  refuseByTag(tag, value);
  return Object.hasOwn(BY_TAG, tag) ? BY_TAG[tag] : undefined;
}

function writeDate(out: Output, value: object): boolean {
  let time: number;
  try {
    time = Date.prototype.getTime.call(value);
  } catch {
    return false;
  }
  writeByte(out, DATE);
  writeDouble(out, time);
  return true;
}

const sourceOf = getter(RegExp.prototype, "source");
const flagsOf = getter(RegExp.prototype, "flags");

function writeRegExp(out: Output, value: object): boolean {
  let source: unknown;
  try {
    source = sourceOf.call(value);
  } catch {
    return false;
  }
  writeByte(out, REGEXP);
  writeString(out, String(source));
  writeString(out, String(flagsOf.call(value)));
  return true;
}

function getter(prototype: object, key: string): (this: unknown) => unknown {
  return Object.getOwnPropertyDescriptor(prototype, key)!.get!;
}

function writeBoxed(valueOf: (this: never) => unknown): WriteBuiltin {
  return (out, value) => {
    let primitive: unknown;
    try {
      primitive = valueOf.call(value as never);
    } catch {
      return false;
    }
    writeByte(out, BOXED);
    writeValue(out, primitive);
    return true;
  };
}
