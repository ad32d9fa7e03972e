/** Orders that have no record yet. */
import { prepare } from "../codec/parcel.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import { SUBMITTER } from "../tasks/layout.ts";
import { writeShipment } from "../tasks/payload.ts";
import type { Enrolment } from "./enrolment.ts";
import { Fifo } from "./fifo.ts";
import type { Pending } from "./order.ts";
import type { Posting } from "./posting.ts";
import type { Records } from "./records.ts";

/** An order that waits, unless it was taken back: then it has no shipment. */
interface Waiting {
  readonly order: Pending;
  readonly functionId: number;
  readonly kind: number;
  readonly origin: OwnerId;
}

/** The orders of one submitter that wait for a record. */
export class Backlog {
  readonly #enrolment: Enrolment;
  readonly #records: Records;
  readonly #posting: Posting;
  readonly #waiting: Fifo<Waiting> = new Fifo();

  /**
   * @param enrolment Who submits.
   * @param records What they wait for.
   * @param posting Where they go then.
   */
  constructor(enrolment: Enrolment, records: Records, posting: Posting) {
    this.#enrolment = enrolment;
    this.#records = records;
    this.#posting = posting;
  }

  /** How many there are, those included that were taken back. */
  get length(): number {
    return this.#waiting.length;
  }

  /**
   * Adds an order.
   *
   * @throws {SerializationError} if its payload cannot be sent.
   */
  add(
    order: Pending,
    functionId: number,
    kind: number,
    origin: OwnerId,
    payload: readonly unknown[],
    root: string,
  ): void {
    const { member, block } = this.#enrolment;
    order.shipment = prepare(member, payload, root);
    member.heap.words.store(block + SUBMITTER.pending, 1);
    this.#waiting.push({ order, functionId, kind, origin });
  }

  /** Takes an order back; false if it is not here. */
  withdraw(order: Pending): boolean {
    const { shipment } = order;
    if (shipment === undefined) return false;
    order.shipment = undefined;
    shipment.cargo.unload();
    return true;
  }

  /** Posts what the queue had no room for, and then those for which there are records. */
  post(): void {
    this.#posting.catchUp();
    while (this.#waiting.length > 0 && !this.#posting.isBehind) {
      const { order, functionId, kind, origin } = this.#waiting.first!;
      const { shipment } = order;
      if (shipment === undefined) {
        this.#waiting.shift();
        continue;
      }
      const record = this.#records.take();
      if (record === 0) return;
      this.#waiting.shift();
      order.shipment = undefined;
      const { member, pool } = this.#enrolment;
      try {
        writeShipment(member, pool, record, shipment, order.retries > 0);
      } catch (error) {
        this.#records.give(record);
        order.reject(error, []);
        continue;
      }
      this.#posting.postOrder(record, order, functionId, kind, origin);
    }
  }

  /** Rejects all of them. */
  abandon(reason: () => Error): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (this.withdraw(next.order)) next.order.reject(reason(), []);
    }
  }
}
