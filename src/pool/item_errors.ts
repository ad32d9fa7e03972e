/** Which item an error is about: of its chunk, and of all. */
import { RemoteError, SerializationError } from "../errors.ts";
import type { ItemFailure } from "./order.ts";

const PLACE = /^(items|result)\[(\d+)\]/;

/** Which item of its chunk cannot be sent, or its value not; -1 if the error does not say so. */
export function unsendableItem(error: unknown): number {
  const match = error instanceof SerializationError ? PLACE.exec(error.path) : null;
  return match === null ? -1 : Number(match[2]);
}

/** `items[3]` of a chunk that begins at item 100 is `items[103]`. */
export function atItem(error: unknown, start: number): unknown {
  const index = unsendableItem(error);
  if (index < 0 || start === 0) return error;
  const { message, path, cause } = error as SerializationError;
  const [here, there] = [`[${index}]`, `[${index + start}]`];
  return new SerializationError(message.replace(here, there), path.replace(here, there), { cause });
}

/** What an item of a chunk has failed with that begins at the item `start`: its place among all, in the error as well. */
export function placed({ index, error }: ItemFailure, start: number): ItemFailure {
  if (error instanceof RemoteError) error.index = start + index;
  return { index: start + index, error: atItem(error, start) };
}

/** Of two failures, that of the earlier item. */
export function earlier(one: ItemFailure | undefined, other: ItemFailure): ItemFailure {
  return one === undefined || other.index < one.index ? other : one;
}
