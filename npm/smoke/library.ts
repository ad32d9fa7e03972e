/** A program of a user whose library starts processes: functions are found in an installed package, too. */
import assert from "node:assert/strict";
// @ts-types="./tool.ts"
import { addElsewhere } from "mp-smoke-tool";
import { isMainProcess } from "@x/mp";

if (isMainProcess()) {
  assert.equal(await addElsewhere(1), 101);
  console.log("done");
}
