/** C for Node: `node:ffi`, or koffi where that is missing. */
import { UnsupportedError } from "../errors.ts";
import { loadKoffi, type RequireFrom } from "./koffi.ts";
import type { NodeProcess } from "./node.ts";
import type { CFunctions, CSignatures, CType, CValue } from "./port.ts";

/** A signature as `node:ffi` takes it. */
export interface NodeSignature {
  /** The types of the parameters. */
  readonly arguments: readonly string[];
  /** The type of the result. */
  readonly return: string;
}

/** The part of `node:ffi` that is used here. */
export interface NodeFfi {
  /** Opens a library and binds functions of it. */
  dlopen(library: string, symbols: Record<string, NodeSignature>): {
    functions: Record<string, (...args: unknown[]) => unknown>;
  };
  /** A buffer over foreign memory. */
  toArrayBuffer(address: bigint, byteLength: number, copy: boolean): ArrayBuffer;
  /** The address of the first byte. */
  getRawPointer(bytes: Uint8Array): bigint;
}

const TYPES: Readonly<Record<CType, string>> = {
  void: "void",
  i32: "int32",
  i64: "int64",
  address: "uint64",
  bytes: "buffer",
};

/**
 * Loads `node:ffi`, without the warning that it prints: standard error belongs to the user.
 *
 * @throws {UnsupportedError} if neither it nor koffi is there.
 */
export function loadFfi(process: NodeProcess, requireFrom: RequireFrom): NodeFfi {
  const emitWarning = process.emitWarning;
  process.emitWarning = () => {};
  let ffi: unknown;
  let failure: unknown;
  try {
    ffi = process.getBuiltinModule?.("node:ffi");
  } catch (error) {
    failure = error;
  } finally {
    process.emitWarning = emitWarning;
  }
  ffi ??= loadKoffi(requireFrom, [import.meta.url, `${process.cwd()}/`]);
  if (ffi === undefined) {
    throw new UnsupportedError(
      `Cannot share memory: Node ${process.versions.node} has no node:ffi; ` +
        "run npm install koffi, or use Node 26.10 or later",
      { cause: failure },
    );
  }
  return ffi as NodeFfi;
}

/** Binds C functions. */
export function bindNode<S extends CSignatures>(
  ffi: NodeFfi,
  libraries: readonly string[],
  signatures: S,
): CFunctions<S> {
  const table: Record<string, NodeSignature> = {};
  for (const [symbol, { parameters, result }] of Object.entries(signatures)) {
    table[symbol] = {
      arguments: parameters.map((type) => TYPES[type]),
      return: result === "address" ? "int64" : TYPES[result],
    };
  }
  const functions = open(ffi, libraries, table);
  const bound: Record<string, (...args: CValue[]) => unknown> = {};
  for (const [symbol, { parameters, result }] of Object.entries(signatures)) {
    bound[symbol] = converting(functions[symbol], parameters, result !== "i32");
  }
  return bound as CFunctions<S>;
}

/** Node's 64-bit values are all bigint; ours are numbers. */
function converting(
  call: (...args: unknown[]) => unknown,
  parameters: readonly CType[],
  wide: boolean,
): (...args: CValue[]) => unknown {
  const big = parameters.map((type) => type === "i64" || type === "address");
  if (!wide && !big.includes(true)) return call;
  return (...args) => {
    const converted: unknown[] = args;
    for (let i = 0; i < converted.length; i++) {
      if (big[i]) converted[i] = BigInt(args[i] as number);
    }
    const result = call(...converted);
    return typeof result === "bigint" ? Number(result) : result;
  };
}

function open(
  ffi: NodeFfi,
  libraries: readonly string[],
  table: Record<string, NodeSignature>,
): Record<string, (...args: unknown[]) => unknown> {
  let failure: unknown;
  for (const library of libraries) {
    try {
      return ffi.dlopen(library, table).functions;
    } catch (error) {
      if ((error as { code?: string }).code === "ERR_ACCESS_DENIED") {
        throw new UnsupportedError(
          "Cannot share memory: Node runs with --permission and without the permission to call C; " +
            "add --allow-ffi",
          { cause: error },
        );
      }
      failure = error;
    }
  }
  throw new UnsupportedError(`Cannot open the C library: tried ${libraries.join(", ")}`, {
    cause: failure,
  });
}
