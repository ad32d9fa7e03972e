import { assert, assertEquals, assertFalse, assertInstanceOf } from "@std/assert";
import { RemoteError, TimeoutError } from "../../src/errors.ts";
import { test } from "../support/harness.ts";
import { trip } from "./trip.ts";

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

test("our own errors arrive with what they know", () => {
  const timeout = trip(new TimeoutError("too late"));
  assertInstanceOf(timeout, Error);
  assertEquals([timeout.name, timeout.message], ["TimeoutError", "too late"]);
  const remote = trip(new RemoteError(new TypeError("over there"), { pid: 7 }));
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
