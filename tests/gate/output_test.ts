import { assert } from "@std/assert";
import { test } from "../support/harness.ts";
import { isPrinted } from "./output.ts";

test("what is printed is compared line by line, and … stands for anything", () => {
  const expected = { lines: ["process … ends", "a.b"], inAnyOrder: false };
  assert(isPrinted(expected, "process 17 ends\na.b\n"));
  assert(!isPrinted(expected, "a.b\nprocess 17 ends\n"));
  assert(!isPrinted(expected, "process 17 ends\naxb\n"));
  assert(!isPrinted(expected, "process 17 ends\n"));
  assert(!isPrinted(expected, "process 17 ends\na.b\nmore\n"));
});

test("in any order, each line is printed as often as it is said", () => {
  const expected = { lines: ["… one", "a one", "b"], inAnyOrder: true };
  assert(isPrinted(expected, "b\na one\nx one\n"));
  assert(isPrinted(expected, "a one\na one\nb\n"));
  assert(!isPrinted(expected, "b\na one\nb\n"));
  assert(!isPrinted(expected, "b\nx one\nx one\n"));
});
