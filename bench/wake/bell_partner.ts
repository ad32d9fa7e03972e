/** Answers each ring by a ring. */

import { Meeting, platform, runtime, type Ticket, WORD } from "./meeting.ts";

const ticket: Ticket = JSON.parse(runtime.scriptArgs()[0]);
const { words } = Meeting.open(ticket);
const ringer = platform.openRinger(ticket.pid, ticket.writeFd)!;
const bell = platform.openBell(() => {
  const ping = words.load(WORD.ping);
  if (ping === -1) void bell.ear.rest();
  else if (words.exchange(WORD.pong, ping) !== ping) platform.ring(ringer);
});
bell.ear.listen();
words.store(WORD.writeFd, bell.writeFd);
