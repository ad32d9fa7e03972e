/**
 * C for Nodes without `node:ffi`, by the package koffi, in the shape of `node:ffi`.
 *
 * koffi is an optional dependency: only a Node asks for it that has no `node:ffi`, or was not given it by a flag.
 */
import { UnsupportedError } from "../errors.ts";
import type { NodeFfi } from "./node_ffi.ts";

/** The part of koffi that is used here. */
interface Koffi {
  load(library: string): {
    func(
      symbol: string,
      result: string,
      parameters: readonly string[],
    ): (...args: unknown[]) => unknown;
  };
  view(address: bigint, byteLength: number): ArrayBuffer;
  address(bytes: Uint8Array): bigint;
}

/** Loads a package for a module or folder, as `require` there would. */
export type RequireFrom = (base: string, name: string) => unknown;

const TYPES: Readonly<Record<string, string>> = {
  void: "void",
  int32: "int32_t",
  int64: "int64_t",
  uint64: "uint64_t",
  buffer: "void *",
};

/**
 * Loads koffi: from beside this package, else from the program's working directory.
 *
 * @returns `undefined` if it is installed in neither.
 * @throws {UnsupportedError} if Node runs with flags that forbid it.
 */
export function loadKoffi(
  requireFrom: RequireFrom,
  folders: readonly string[],
): NodeFfi | undefined {
  for (const base of folders) {
    let koffi: Koffi;
    try {
      koffi = requireFrom(base, "koffi") as Koffi;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === "MODULE_NOT_FOUND") continue;
      if (code === "ERR_DLOPEN_DISABLED") {
        throw new UnsupportedError(
          "Cannot share memory: Node runs without the permission to load koffi; " +
            "add --allow-addons, or leave out --no-addons",
          { cause: error },
        );
      }
      throw error;
    }
    return likeNode(koffi);
  }
  return undefined;
}

function likeNode(koffi: Koffi): NodeFfi {
  return {
    dlopen(library, symbols) {
      const loaded = koffi.load(library);
      const functions: Record<string, (...args: unknown[]) => unknown> = {};
      for (const [symbol, signature] of Object.entries(symbols)) {
        const types = signature.arguments.map((type) => TYPES[type]);
        functions[symbol] = loaded.func(symbol, TYPES[signature.return], types);
      }
      return { functions };
    },
    toArrayBuffer: (address, byteLength) => koffi.view(address, byteLength),
    getRawPointer: (bytes) => koffi.address(bytes),
  };
}
