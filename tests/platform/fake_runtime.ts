/** A runtime whose C functions are JavaScript: for what no machine of ours has. */
import type { CFunctions, CSignatures, CValue, Runtime } from "../../src/runtime/port.ts";

/** A call of a C function. */
export interface Call {
  readonly symbol: string;
  readonly args: readonly CValue[];
}

/** What the fake machine has. */
export interface FakeMachine {
  readonly os?: string;
  readonly arch?: string;
  /** Files by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** C functions that do more than return 0. */
  readonly functions?: Readonly<Record<string, (...args: CValue[]) => number>>;
}

/** A fake runtime and what was asked of it. */
export interface FakeRuntime {
  readonly runtime: Runtime;
  /** The C functions that were called. */
  readonly calls: Call[];
  /** The libraries that were to be bound. */
  readonly libraries: string[][];
}

/** A string of C, as it was passed. */
export function textOf(value: CValue): string {
  return new TextDecoder().decode(value as Uint8Array).replace(/\0.*$/s, "");
}

const defaults: Readonly<Record<string, () => number>> = {
  getpagesize: () => 4096,
  // It is dumpable.
  prctl: () => 1,
};

/** Makes a fake runtime. */
export function fakeRuntime(machine: FakeMachine = {}): FakeRuntime {
  const { os = "linux", arch = "x64", files = {}, functions = {} } = machine;
  const calls: Call[] = [];
  const libraries: string[][] = [];
  const functionsOfFiles = fileFunctions(files);
  // The other members are no part of the fake.
  const runtime: Partial<Runtime> = {
    name: "node",
    version: "0.0.0",
    os,
    arch,
    pid: 4711,
    standalone: false,
    largestView: 2 ** 32,
    bind<const S extends CSignatures>(names: readonly string[], signatures: S): CFunctions<S> {
      libraries.push([...names]);
      const bound = Object.keys(signatures).map((symbol) => {
        const call = functions[symbol] ?? functionsOfFiles[symbol] ?? defaults[symbol] ??
          (() => 0);
        return [symbol, (...args: CValue[]) => {
          calls.push({ symbol, args });
          return call(...args);
        }];
      });
      return Object.fromEntries(bound);
    },
    view: (_address, byteLength) => new ArrayBuffer(byteLength),
  };
  return { runtime: runtime as Runtime, calls, libraries };
}

/** `open`, `read` and `close` over texts; descriptors begin at 100. */
function fileFunctions(
  files: Readonly<Record<string, string>>,
): Record<string, (...args: CValue[]) => number> {
  const opened: { bytes: Uint8Array; at: number }[] = [];
  return {
    open(path) {
      const text = files[textOf(path)];
      if (text === undefined) return -1;
      return opened.push({ bytes: new TextEncoder().encode(text), at: 0 }) + 99;
    },
    // Never more than 1,000 bytes at once, as the kernel may.
    read(fd, into) {
      const file = opened[fd as number - 100];
      const part = file.bytes.subarray(
        file.at,
        file.at + Math.min(1_000, (into as Uint8Array).length),
      );
      (into as Uint8Array).set(part);
      file.at += part.length;
      return part.length;
    },
  };
}
