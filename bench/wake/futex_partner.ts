/** Answers each turn by its own, asleep in the kernel between them. */

import { Meeting, platform, runtime, type Ticket, WORD } from "./meeting.ts";

const meeting = Meeting.open(JSON.parse(runtime.scriptArgs()[0]) as Ticket);
const { words } = meeting;
for (let seen = 0;;) {
  while (words.load(WORD.turn) === seen) {
    platform.wait(meeting.addressOf(WORD.turn), seen, Infinity);
  }
  seen = words.load(WORD.turn);
  if (seen === -1) break;
  words.store(WORD.back, seen);
  platform.wake(meeting.addressOf(WORD.back), 1);
}
