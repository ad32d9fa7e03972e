/** What cannot be sent, as it can be told. */
import { prepare } from "../codec/parcel.ts";
import type { Member } from "../parking/member.ts";

/** An error as plain strings: one that can be sent whatever it was. */
export interface Unsendable {
  /** The name of its class. */
  readonly name: string;
  /** What it says. */
  readonly message: string;
  /** Where the culprit is, if it says that. */
  readonly path?: string;
}

/** Describes why something cannot be sent. It may have been thrown by a getter, and be anything. */
export function describeUnsendable(thrown: unknown, root: string): Unsendable {
  const { name, message, path } = parts(thrown);
  if (name === "SerializationError" || name === "OutOfMemoryError") {
    return { name, message: message ?? "", path };
  }
  const what = name === undefined ? message : `${name}: ${message}`;
  return {
    name: "SerializationError",
    message: `Cannot send ${root}: it threw ${what} when it was read`,
    path: root,
  };
}

/** Why a value cannot be sent; `undefined` if it can. */
export function whyUnsendable(
  member: Member,
  value: unknown,
  root: string,
): Unsendable | undefined {
  try {
    prepare(member, value, root).cargo.unload();
    return undefined;
  } catch (error) {
    return describeUnsendable(error, root);
  }
}

/** How many of these values can be sent, from the first on. */
export function countSendable(member: Member, values: readonly unknown[]): number {
  const first = values.findIndex((value) => whyUnsendable(member, value, "value") !== undefined);
  return first < 0 ? values.length : first;
}

function parts(thrown: unknown): { name?: string; message?: string; path?: string } {
  try {
    if (thrown instanceof Error) {
      const { path } = thrown as { path?: unknown };
      return {
        name: String(thrown.name),
        message: String(thrown.message),
        path: path === undefined ? undefined : String(path),
      };
    }
    return { message: String(thrown) };
  } catch {
    return { message: "something that cannot be described" };
  }
}
