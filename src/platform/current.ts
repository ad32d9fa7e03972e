/** Which platform this is: the one place that asks. */
import { UnsupportedError } from "../errors.ts";
import { currentRuntime } from "../runtime/current.ts";
import type { Runtime } from "../runtime/port.ts";
import { linuxPlatform } from "./linux.ts";
import type { Platform } from "./port.ts";

let current: Platform | undefined;

/**
 * The platform that this program runs on.
 *
 * @throws {UnsupportedError} on anything but Linux on x64 or arm64, or without FFI.
 */
export function currentPlatform(): Platform {
  return current ??= platformOf(currentRuntime());
}

/** The platform that a runtime runs on; throws like {@linkcode currentPlatform}. */
export function platformOf(runtime: Runtime): Platform {
  const { os, arch } = runtime;
  if (os !== "linux" || (arch !== "x64" && arch !== "arm64")) {
    throw new UnsupportedError(
      `Cannot share memory on ${os} ${arch}: this version runs on Linux, x64 and arm64`,
    );
  }
  return linuxPlatform(runtime);
}
