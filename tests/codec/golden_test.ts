import { assertEquals } from "@std/assert";
import { decode } from "../../src/codec/decode.ts";
import { FORMAT_VERSION } from "../../src/codec/format.ts";
import { test } from "../support/harness.ts";
import { difference } from "./difference.ts";
import { bytesOf, hex, unhex } from "./trip.ts";
import { valueOf } from "./values.ts";

// The same bytes on every runtime. Who changes them changes FORMAT_VERSION.

const { buffer } = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

const EXAMPLES: readonly [unknown, string][] = [
  [42, "2a"],
  [-1, "d5ff"],
  [300, "d62c01"],
  [-70_000, "d790eefeff"],
  [0.5, "d8000000000000e03f"],
  [-0, "d80000000000000080"],
  [NaN, "d8000000000000f87f"],
  [10n, "d90a00000000000000"],
  [-(2n ** 64n), "da0901000000000000000001"],
  [undefined, "d0"],
  [null, "d1"],
  ["hé", "8268e9"],
  ["日", "dc01e565"],
  ["\ud800a", "f10200d86100"],
  [[35], "a123"],
  [[1, , "a"], "de0302813081320" + "18161"],
  [[1, 2, 3, 4, 5, 6, 7, -8], "ef000801020304050607f8"],
  [{ id: 7 }, "df0382696407"],
  [[{ a: 1 }, { a: 2 }], "a2df02816101b002"],
  [new Map([["k", 1]]), "e101816b01"],
  [new Set([1]), "e20101"],
  [new Date(0), "e30000000000000000"],
  [/a/g, "e481618167"],
  [Object("x"), "e58178"],
  [buffer, "e70a0102030405060708090a"],
  [new Uint8Array(buffer), "ec020a0102030405060708090a"],
];

test("examples of the format are what they were", () => {
  for (const [value, bytes] of EXAMPLES) {
    assertEquals(hex(bytesOf(value)), bytes);
    assertEquals(difference(value, decode(unhex(bytes))), undefined, bytes);
  }
});

const GOLDEN: Readonly<Record<string, string>> = {
  "1": "b3b0d124d1bae69b819390985e221a1d",
};

test("2,000 random values have the bytes that they have on every runtime", async () => {
  let all = "";
  for (let seed = 0; seed < 2000; seed++) {
    const bytes = bytesOf(valueOf(seed, { errors: true }));
    all += hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  }
  const digest = await crypto.subtle.digest("SHA-256", unhex(all));
  assertEquals(hex(new Uint8Array(digest)).slice(0, 32), GOLDEN[FORMAT_VERSION]);
});
