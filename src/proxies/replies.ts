/**
 * The replies of a manager to one process: a queue that ends when the server dies, so that nobody waits
 * for what will not come.
 *
 * | word | meaning |
 * | --- | --- |
 * | server | the process that replies |
 */
import { registerHandles } from "../codec/handle.ts";
import { adopt } from "../parking/adopt.ts";
import { Channel } from "../channel/channel.ts";
import { CHANNEL } from "../channel/layout.ts";
import { partyOf } from "../channel/party.ts";
import {
  asKind,
  endQueue,
  mournQueue,
  objectOfQueue,
  partsOfQueue,
  Queue,
} from "../channel/queue.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import type { Member } from "../parking/member.ts";
import type { WordIndex } from "../memory/words.ts";
import { KIND } from "./kinds.ts";
import type { Reply } from "./messages.ts";

const WORDS = 1;

/** The replies to one process. */
export class ReplyQueue extends Queue<Reply> {
  /** Makes the queue, or the handle of one. */
  constructor() {
    super(asKind({ kind: KIND.replies, words: WORDS }, 0));
  }

  /**
   * The replies of a server.
   *
   * @returns `undefined` if the server is dead. If it dies later, the queue is closed.
   */
  static of(self: Member, server: OwnerId): ReplyQueue | undefined {
    const queue = new ReplyQueue();
    const { at } = partsOfQueue(queue as Queue, "make");
    self.heap.words.store(at, server);
    // Looked at after the queue is there: whoever recovers a server that dies from here on finds it.
    if (self.table.isAlive(server)) return queue;
    queue.dispose();
    return undefined;
  }
}

registerHandles<ReplyQueue>({
  kind: KIND.replies,
  name: "Replies",
  prototype: ReplyQueue.prototype,
  at: (queue) => objectOfQueue(queue as Queue),
  make: (at) => adopt(at, () => new ReplyQueue()),
  end: endQueue,
  mourn(self: Member, at: WordIndex, dead: OwnerId) {
    mournQueue(self, at, dead);
    if (self.heap.words.load(at + CHANNEL.size) === dead) new Channel(partyOf(self), at).close();
  },
});
