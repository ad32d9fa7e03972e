/** The classes of errors of this module, which arrive as what they are. */

import * as errors from "../errors.ts";

/** The number in the format of the first of them. */
export const OWN_ERRORS_FROM = 64;

/** They stand in the order of their numbers: new ones come last. */
const OWN_ERRORS: readonly { readonly prototype: Error }[] = [
  errors.ProcessError,
  errors.TimeoutError,
  errors.ClosedError,
  errors.EOFError,
  errors.NotFoundError,
  errors.AlreadyExistsError,
  errors.BrokenPipeError,
  errors.BrokenBarrierError,
  errors.SerializationError,
  errors.AuthenticationError,
  errors.OutOfMemoryError,
  errors.UnsupportedError,
  errors.LockError,
  errors.ProcessDiedError,
  errors.RemoteError,
];

/** The number of a class of this module; -1 if it is none. */
export function kindOfOwn(prototype: object): number {
  const at = OWN_ERRORS.findIndex((maker) => maker.prototype === prototype);
  return at < 0 ? -1 : OWN_ERRORS_FROM + at;
}

/** The prototype of a class of this module; `undefined` if none has this number. */
export function prototypeOfOwn(kind: number): object | undefined {
  return OWN_ERRORS[kind - OWN_ERRORS_FROM]?.prototype;
}
