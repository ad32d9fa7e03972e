/** Offsets of fields in shared memory come from one declaration, never from a hand. */

/** How many words a field has; `align` moves it to a multiple, as to a cache line of its own. */
export type Field = number | { readonly words: number; readonly align: number };

/** Where the fields of a struct lie, in words from its start. */
export type Struct<F extends Record<string, Field>> =
  & { readonly [K in keyof F]: number }
  & { readonly size: number };

/** How many words a cache line has. */
export const LINE = 16;

/**
 * Lays fields out one after the other.
 *
 * @param fields Words of each field, in order. The name `size` is taken by the whole.
 * @param align What the size is rounded up to, in words.
 */
export function struct<const F extends Record<string, Field>>(fields: F, align = 2): Struct<F> {
  const offsets: Record<string, number> = {};
  let next = 0;
  for (const [name, field] of Object.entries(fields)) {
    const { words, align: fieldAlign } = typeof field === "number"
      ? { words: field, align: 1 }
      : field;
    next = roundUp(next, fieldAlign);
    offsets[name] = next;
    next += words;
  }
  return Object.freeze({ ...offsets, size: roundUp(next, align) }) as Struct<F>;
}

/** The next multiple of `unit` that is not less than `value`. */
export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
