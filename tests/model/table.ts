/** The words of a model, and their names. */

/** Words with their first values: one, or several under one name. */
export type Declaration = Readonly<Record<string, number | readonly number[]>>;

/** Where declared words lie. */
export type Places<D extends Declaration> = {
  readonly [Name in keyof D]: D[Name] extends number ? number : readonly number[];
};

/** A table of words. */
export interface Table<D extends Declaration = Declaration> {
  readonly at: Places<D>;
  readonly names: readonly string[];
  readonly initial: readonly number[];
}

/**
 * Lays words out one after another: `table({ lock: 0, bell: [0, 0] })` has them at `at.lock`,
 * `at.bell[0]` and `at.bell[1]`.
 */
export function table<const D extends Declaration>(declaration: D): Table<D> {
  const at: Record<string, number | readonly number[]> = {};
  const names: string[] = [];
  const initial: number[] = [];
  for (const [name, first] of Object.entries(declaration)) {
    if (typeof first === "number") {
      at[name] = names.push(name) - 1;
      initial.push(first);
    } else {
      at[name] = first.map((_, i) => names.push(`${name}[${i}]`) - 1);
      initial.push(...first);
    }
  }
  return { at: at as Places<D>, names, initial };
}
