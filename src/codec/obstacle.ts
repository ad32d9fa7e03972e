/**
 * What stands in the way of a value, and where: thrown where it is met, given a step of its path by
 * every container on the way out, and turned into a {@linkcode SerializationError} at the top.
 */

import { SerializationError } from "../errors.ts";

const PATH_LIMIT = 200;

/** Something that cannot cross, on its way to the top. */
export class Obstacle {
  readonly reason: string;
  readonly steps: string[] = [];

  /** @param reason Why, as in `"a function cannot cross processes"`. */
  constructor(reason: string) {
    this.reason = reason;
  }

  /** The error for the caller of `encode`; `root` is what the value is called there. */
  toError(root: string): SerializationError {
    let path = root;
    for (let i = this.steps.length - 1; i >= 0; i--) path += this.steps[i];
    if (path.length > PATH_LIMIT) {
      path = `${path.slice(0, PATH_LIMIT / 2)}…${path.slice(-PATH_LIMIT / 2)}`;
    }
    return new SerializationError(`Cannot send ${path}: ${this.reason}`, path);
  }
}

/** Refuses a kind of value: `a Promise cannot cross processes (await it first)`. */
export function refuse(what: string, hint?: string): never {
  throw new Obstacle(`${what} cannot cross processes${hint === undefined ? "" : ` (${hint})`}`);
}

/** Adds the step from a container to its culprit; anything but an obstacle passes as it is. */
export function addStep(thrown: unknown, step: string): unknown {
  if (thrown instanceof Obstacle) thrown.steps.push(step);
  return thrown;
}

/** The step from an object to one of its properties, as it is written in a program. */
export function propertyStep(key: string): string {
  if (/^(?:0|[1-9]\d*)$/.test(key)) return `[${key}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
    ? `.${key}`
    : `[${JSON.stringify(key)}]`;
}

/** The step from a map to one of its values. */
export function entryStep(key: unknown, index: number): string {
  switch (typeof key) {
    case "string":
      return `.get(${JSON.stringify(key)})`;
    case "number":
    case "boolean":
    case "undefined":
      return `.get(${key})`;
    case "bigint":
      return `.get(${key}n)`;
    default:
      return key === null ? ".get(null)" : `.values()[${index}]`;
  }
}
