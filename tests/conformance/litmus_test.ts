import { runtimeName, test } from "../support/harness.ts";
import { atomicsAreExact, flagShowsWrites, type Parties, storesAreNotDelayed } from "./litmus.ts";

const both: Parties = [runtimeName, runtimeName];

test("atomics of two processes are exact over 10^7 operations", async () => {
  await atomicsAreExact(both, 5_000_000);
});

test("a flag that is stored after plain writes shows them all, 10^6 times", async () => {
  await flagShowsWrites(both, 1024, 1_000_000);
});

test("a flag shows all plain writes when the two processes take turns", async () => {
  await flagShowsWrites(both, 1, 10_000);
});

test("a store is not delayed beyond a later load of another word", async () => {
  await storesAreNotDelayed(both, 1_000_000);
});
