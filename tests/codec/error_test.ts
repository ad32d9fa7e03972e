import { assert, assertEquals, assertFalse, assertInstanceOf } from "@std/assert";
import * as errors from "../../src/errors.ts";
import { test } from "../support/harness.ts";
import { trip } from "./trip.ts";

const { RemoteError, TimeoutError } = errors;

test("an error of each built-in class arrives as one", () => {
  const classes = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];
  for (const Class of classes) {
    const error = trip(new Class("what"));
    assertEquals(Object.getPrototypeOf(error), Class.prototype);
    assertEquals([error.name, error.message], [Class.name, "what"]);
    assertEquals(Object.keys(error), []);
    assertFalse(Object.hasOwn(error, "name"));
    assertFalse(Object.hasOwn(error, "cause"));
  }
});

test("an error brings the stack of its process, and no other property is enumerable", () => {
  const error = new Error("what", { cause: 1 });
  const copy = trip(error);
  assertEquals(copy.stack, error.stack);
  assertEquals(copy.cause, 1);
  assertEquals(Object.keys(copy), []);
  const bare = new Error();
  assertFalse(Object.hasOwn(trip(bare), "message"));
});

test("an error of a class of its own arrives as the nearest built-in, with its name and fields", () => {
  class HttpError extends RangeError {
    override name = "HttpError";
    status = 404;
    details = { tried: [1, 2] };
  }
  const copy = trip(new HttpError("not there")) as HttpError;
  assertEquals(Object.getPrototypeOf(copy), RangeError.prototype);
  assertEquals([copy.name, copy.message, copy.status], ["HttpError", "not there", 404]);
  assertEquals(copy.details, { tried: [1, 2] });
  assertEquals(Object.keys(copy), ["name", "status", "details"]);
  class Quiet extends Error {}
  Quiet.prototype.name = "Quiet";
  const quiet = trip(new Quiet("x"));
  assertEquals([quiet.name, Object.keys(quiet)], ["Quiet", []]);
});

test("an error of each class of this module arrives as one, with what it knows", () => {
  const report = { pid: 7, exitCode: -9, signal: "SIGKILL", task: "fib(30)" };
  for (const Class of Object.values(errors)) {
    const make = Class as new (message: unknown, more?: unknown) => Error;
    const error = new make("what", Class === errors.SerializationError ? "args[0]" : report);
    const copy = trip(error);
    assertEquals(Object.getPrototypeOf(copy), Class.prototype, Class.name);
    assertEquals([copy.name, copy.message, copy.stack], [error.name, error.message, error.stack]);
    assertEquals(Object.entries(copy), Object.entries(error));
  }
  class Late extends TimeoutError {
    override name = "Late";
  }
  const late = trip(new Late("too late"));
  assertEquals(Object.getPrototypeOf(late), TimeoutError.prototype);
  assertEquals(late.name, "Late");
  const remote = trip(new RemoteError(new TypeError("over there"), { pid: 7 }));
  assertInstanceOf(remote, RemoteError);
  assertEquals([remote.name, remote.pid], ["TypeError", 7]);
  assertInstanceOf(remote.cause, TypeError);
});

test("causes nest and AggregateError keeps its errors", () => {
  const inner = new TypeError("inner");
  const error = new AggregateError([inner, "text"], "all", { cause: inner });
  const copy = trip(error);
  assertInstanceOf(copy, AggregateError);
  assertEquals(copy.errors.length, 2);
  assertInstanceOf(copy.errors[0], TypeError);
  assert(copy.errors[0] === copy.cause);
  assertEquals(Object.keys(copy), []);
});

test("a DOMException arrives as one", () => {
  const copy = trip(AbortSignal.abort().reason as DOMException);
  assertInstanceOf(copy, DOMException);
  assertEquals([copy.name, copy.code], ["AbortError", 20]);
});

test("an error whose fields have the names of its properties is taken apart right", () => {
  const error = new Error("what");
  for (const key of ["message", "stack", "name", "cause", "errors"]) {
    Object.defineProperty(error, key, { value: `own ${key}`, enumerable: true });
  }
  const copy = trip(error);
  assertEquals(copy.message, "own message");
  assertEquals(copy.stack, "own stack");
  assertEquals(Object.keys(copy).toSorted(), ["cause", "errors", "message", "name", "stack"]);
});

test("reading an error leaves the limit of stack traces as it was", () => {
  const traces = Error as { stackTraceLimit?: number };
  const before = traces.stackTraceLimit;
  trip(new Error("what"));
  assertEquals(traces.stackTraceLimit, before);
  assert(String(new Error("new").stack).includes("error_test"));
});

test("SuppressedError keeps both errors", () => {
  const error = new SuppressedError(new TypeError("in dispose"), new RangeError("in body"), "both");
  const copy = trip(error);
  assertInstanceOf(copy, SuppressedError);
  assertEquals([copy.name, copy.message], ["SuppressedError", "both"]);
  assertInstanceOf(copy.error, TypeError);
  assertInstanceOf(copy.suppressed, RangeError);
  assertEquals(Object.keys(copy), []);
});
