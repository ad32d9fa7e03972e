/** Errors: the nearest class of the language or of this module, and everything that the error says about itself. */

import { ERROR, ERROR_HAS, ERROR_NAMES } from "./format.ts";
import { addStep } from "./obstacle.ts";
import type { Output } from "./output.ts";
import { kindOfOwn } from "./own_errors.ts";
import { writeKeys, writeProperties } from "./write_plain.ts";
import { writeString } from "./write_string.ts";
import { writeValue } from "./write_value.ts";

/** Writes an error; false if the object only inherits from one. */
export function writeError(out: Output, value: object): boolean {
  if (!isError(value)) return false;
  const kind = kindOf(value);
  const keys = Object.keys(value);
  const isHidden = (key: string) => !keys.includes(key);
  const hasOwn = (key: string) => isHidden(key) && Object.hasOwn(value, key);
  const { name, stack } = value;
  const hasName = isHidden("name") && typeof name === "string" && name !== ERROR_NAMES[kind];
  const hasMessage = hasOwn("message") || ERROR_NAMES[kind] === "DOMException";
  const hasStack = isHidden("stack") && typeof stack === "string";
  const hasCause = hasOwn("cause");
  const hasErrors = hasOwn("errors");
  const isSuppressing = ERROR_NAMES[kind] === "SuppressedError";
  const hasError = isSuppressing && hasOwn("error");
  const hasSuppressed = isSuppressing && hasOwn("suppressed");
  out.reserve(3);
  out.bytes[out.position++] = ERROR;
  out.bytes[out.position++] = kind;
  out.bytes[out.position++] = (hasName ? ERROR_HAS.name : 0) |
    (hasMessage ? ERROR_HAS.message : 0) | (hasStack ? ERROR_HAS.stack : 0) |
    (hasCause ? ERROR_HAS.cause : 0) | (hasErrors ? ERROR_HAS.errors : 0) |
    (hasError ? ERROR_HAS.error : 0) | (hasSuppressed ? ERROR_HAS.suppressed : 0);
  if (hasName) writeString(out, name);
  if (hasMessage) writeString(out, String(value.message));
  if (hasStack) writeString(out, stack);
  if (hasCause) writeMember(out, value, "cause");
  if (hasErrors) writeMember(out, value, "errors");
  if (hasError) writeMember(out, value, "error");
  if (hasSuppressed) writeMember(out, value, "suppressed");
  writeKeys(out, keys);
  writeProperties(out, value, keys);
  return true;
}

function writeMember(
  out: Output,
  error: Error & { errors?: unknown; error?: unknown; suppressed?: unknown },
  key: "cause" | "errors" | "error" | "suppressed",
): void {
  try {
    writeValue(out, error[key]);
  } catch (thrown) {
    throw addStep(thrown, `.${key}`);
  }
}

const brand = (Error as { isError?(value: unknown): boolean }).isError;

function isError(value: object): value is Error {
  if (brand !== undefined && brand(value)) return true;
  if (Object.prototype.toString.call(value) === "[object Error]") return true;
  return isDOMException(value);
}

function isDOMException(value: object): boolean {
  return typeof DOMException === "function" && value instanceof DOMException;
}

/** The number of the nearest class of the language, also of another realm, or of this module. */
function kindOf(error: Error): number {
  for (let p = Object.getPrototypeOf(error); p !== null; p = Object.getPrototypeOf(p)) {
    const own = kindOfOwn(p);
    if (own >= 0) return own;
    const maker: unknown = Object.hasOwn(p, "constructor") ? p.constructor : undefined;
    if (typeof maker !== "function") continue;
    const kind = (ERROR_NAMES as readonly string[]).indexOf(maker.name);
    if (kind >= 0 && (maker === globalThis[ERROR_NAMES[kind]!] || !(error instanceof Error))) {
      return kind;
    }
  }
  return 0;
}
