/**
 * Searches of models: the same sequence of states on every engine, with no machine in it. The gate makes them once, on the
 * first runtime that it has, and says on the others that it did.
 */

/** Whether a test file holds nothing but searches; by its name, and what may stand in one is held by `searches_test.ts`. */
export function isSearch(file: string): boolean {
  return /(^|[/_])model_test\.ts$/.test(file) || file.startsWith("tests/model/parking/");
}
