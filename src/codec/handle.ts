/** Shared objects in messages: what their classes say of themselves to cross as handles. */
import type { Cargo } from "../owner/cargo.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import { type Member, member, whenMember } from "../parking/member.ts";
import { type Crossing, registerCrossing } from "./crossing.ts";

/** What a class of handles says. */
export interface HandleClass<T extends object> {
  /** Its number: the crossing's tag, and the kind of its objects; from 1 to 127. */
  readonly kind: number;
  /** What it is called in messages. */
  readonly name: string;
  /** See {@linkcode Crossing.module}. */
  readonly module?: string;
  /** The prototype of its handles. */
  readonly prototype: T;
  /** The object of a handle; throws if the handle was disposed. */
  at(handle: T): WordIndex;
  /** Makes a handle of an object that this process has none of. */
  make(at: WordIndex): T;
  /**
   * Ends an object that nobody holds any more, besides that its cell is freed. May be called again if
   * its caller died over it.
   */
  end?(member: Member, at: WordIndex): void;
  /** Puts an object right when a process has died that may have used it. May be called again. */
  mourn?(member: Member, at: WordIndex, dead: OwnerId): void;
}

/** Lets the handles of a class cross. A handle that comes back is the one that is there. */
export function registerHandles<T extends object>(handles: HandleClass<T>): void {
  const { kind, name, module, prototype } = handles;
  const crossing: Crossing<T> = {
    tag: kind,
    name,
    module,
    prototype,
    write(handle, out) {
      const at = handles.at(handle);
      loadCargo(out.context, at);
      out.writeUint(at);
    },
    read(input) {
      const at = input.readUint();
      return member().handles.get(at, () => handles.make(at));
    },
  };
  registerCrossing(crossing);
  const { end, mourn } = handles;
  if (end !== undefined) whenMember((self) => self.holdings.setEnder(kind, (at) => end(self, at)));
  if (mourn !== undefined) {
    whenMember((self) => self.holdings.setMourner(kind, (at, dead) => mourn(self, at, dead)));
  }
}

/** A message that is being written will carry an object. */
export function loadCargo(context: unknown, at: WordIndex): void {
  (context as Cargo).load(at);
}
