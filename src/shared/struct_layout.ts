/** Where the fields of a struct lie: one after the other, each at a multiple of its size, as in C. */
import { type ElementType, elementType, type ValueOf, type ValueType } from "./types.ts";
import { atomicType } from "./operand.ts";

/** The fields of a struct: the type of each by name, in order. */
export type StructFields = Readonly<Record<string, ValueType>>;

/** The values of a struct's fields. */
export type StructValues<F extends StructFields> = { -readonly [K in keyof F]: ValueOf<F[K]> };

/** What fields are at first: an integer is taken for what it says, bigint or not. */
export type StructInitial<F extends StructFields> = { readonly [K in keyof F]?: number | bigint };

/** A field. */
export interface Field {
  /** Its name. */
  readonly name: string;
  /** Its type. */
  readonly type: ElementType;
  /** Where it begins, in bytes. */
  readonly byteOffset: number;
}

/** Where the fields of a struct lie. */
export interface Layout {
  /** The fields. */
  readonly fields: readonly Field[];
  /** How many bytes a struct has, so that the next one is aligned, too. */
  readonly byteLength: number;
  /** The same as text, equal for equal layouts: what travels. */
  readonly text: string;
}

const known = new Map<string, Layout>();

/**
 * Lays fields out.
 *
 * @param reserved Names that no field may have.
 * @throws {TypeError} if there are none, or one has no proper name or type.
 */
export function layoutOf(act: string, fields: unknown, reserved: ReadonlySet<string>): Layout {
  if (typeof fields !== "object" || fields === null || Object.keys(fields).length === 0) {
    throw new TypeError(`Cannot ${act}: fields must be types by name, at least one`);
  }
  const types = Object.entries(fields).map(([name, type]) => {
    if (reserved.has(name)) {
      throw new TypeError(`Cannot ${act}: a field cannot be called "${name}", as a member is`);
    }
    return [name, atomicType(act, type).name];
  });
  return layoutOfText(JSON.stringify(types));
}

/** The layout that a text describes. */
export function layoutOfText(text: string): Layout {
  let layout = known.get(text);
  if (layout === undefined) known.set(text, layout = layOut(text));
  return layout;
}

function layOut(text: string): Layout {
  const fields: Field[] = [];
  let [next, align] = [0, 1];
  for (const [name, typeName] of JSON.parse(text) as [string, string][]) {
    const type = elementType("lay out a struct", typeName);
    const byteOffset = roundUp(next, type.byteLength);
    fields.push({ name, type, byteOffset });
    next = byteOffset + type.byteLength;
    align = Math.max(align, type.byteLength);
  }
  return { fields, byteLength: roundUp(next, align), text };
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
