/**
 * Modules of tests in a child: it imports them for a function that they define, and must not run their
 * tests, each of which would start children again.
 */

/** A module that stands in for `node:test` and `bun:test`: it registers nothing. */
export const NO_TESTS: string = `
const nothing = () => {};
const chain = Object.assign(() => Promise.resolve(), { each: () => nothing, if: () => chain });
for (const name of ["skip", "only", "todo", "failing", "concurrent", "serial", "skipIf", "todoIf", "failingIf"]) {
  chain[name] = /If$/.test(name) ? () => chain : chain;
}
const { getBuiltinModule } = process;
const real = (name) => { try { return getBuiltinModule?.call(process, name) ?? {}; } catch { return {}; } };
export const test = chain, it = chain, describe = chain, suite = chain;
export const xtest = chain, xit = chain, xdescribe = chain;
export const before = nothing, after = nothing, beforeEach = nothing, afterEach = nothing;
export const beforeAll = nothing, afterAll = nothing, onTestFinished = nothing, setDefaultTimeout = nothing;
export const setSystemTime = nothing, run = nothing, snapshot = {}, assert = {};
export const mock = Object.assign((fn) => fn ?? nothing, real("node:test").mock, { module: nothing });
export const spyOn = () => mock(), jest = { fn: mock, mock: nothing, spyOn }, vi = jest;
export const expect = () => new Proxy({}, { get: () => nothing }), expectTypeOf = expect;
export default Object.assign(chain, { test, it, describe, suite, before, after, beforeEach, afterEach, mock, run });
`;

/** The sources of a user: in packages nobody looks for tests. */
export const USER_SOURCES: RegExp = /^(?!.*\/node_modules\/).*\.[cm]?[jt]sx?$/;

/** A source with another module in place of those that register tests. */
export function withoutTests(source: string, standIn: string): string {
  return source.replace(/(["'])(?:bun|node):test\1/g, JSON.stringify(standIn));
}
