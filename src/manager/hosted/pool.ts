/** A pool whose workers a manager starts. */
import type { FunctionReference } from "../../functions/reference.ts";
import { resolveFunction } from "../../functions/resolve.ts";
import { Pool } from "../../pool/pool.ts";
import { lookup } from "../../process/current.ts";
import type { Sealed } from "../../proxies/sealed.ts";
import type { Asker } from "./table.ts";

type AnyFunction = (...args: never[]) => unknown;

/** What can be said of a call, as far as that can be sent. */
interface Limits {
  readonly timeout?: number;
  readonly retries?: number;
  readonly chunkSize?: number;
}

/** A pool for everybody who has a proxy of it. */
export class HostedPool {
  readonly #pool: Pool;

  /** @param workers How many workers it has. */
  constructor(workers?: number) {
    this.#pool = new Pool(workers);
  }

  async apply(asker: Asker, fn: FunctionReference, args: Sealed, limits: Limits): Promise<unknown> {
    const opened = args.open() as never[];
    const found = await find(fn);
    return this.#pool.apply(found, opened, { ...limits, signal: asker.ended });
  }

  async map(asker: Asker, fn: FunctionReference, items: Sealed, limits: Limits): Promise<unknown> {
    const opened = items.open() as never[];
    const found = await find(fn);
    return this.#pool.map(found as (item: never) => unknown, opened, {
      ...limits,
      signal: asker.ended,
    });
  }

  async starmap(
    asker: Asker,
    fn: FunctionReference,
    items: Sealed,
    limits: Limits,
  ): Promise<unknown> {
    const opened = items.open() as never[][];
    const found = await find(fn);
    return this.#pool.starmap(found, opened, { ...limits, signal: asker.ended });
  }

  size(): number {
    return this.#pool.size;
  }

  close(): void {
    this.#pool.close();
  }

  terminate(): Promise<void> {
    return this.#pool.terminate();
  }

  join(): Promise<void> {
    return this.#pool.join();
  }

  /** Nobody has it any more. */
  end(): Promise<void> {
    return this.#pool.terminate();
  }
}

async function find(reference: FunctionReference): Promise<AnyFunction> {
  return await resolveFunction(reference, lookup) as unknown as AnyFunction;
}
