import { assertEquals } from "@std/assert";
import { PlainWords } from "../../src/memory/words.ts";
import { test } from "../support/harness.ts";

test("every number that is put into two words comes out of them as it was", () => {
  const plain = new PlainWords(new ArrayBuffer(64));
  const numbers = [0, -0, 1, -1, 2 ** 30, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 32, 2 ** 53];
  for (const value of [...numbers, 0.5, -2.5, 1e300, 5e-324, Infinity, -Infinity, NaN]) {
    plain.setFloat(6, value);
    const found = plain.getFloat(6);
    assertEquals(Object.is(found, value), true, `${value} came out as ${found}`);
  }
});
