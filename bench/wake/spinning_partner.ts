/** Answers each ping by a ring, and never sleeps. */

import { Meeting, platform, runtime, type Ticket, WORD } from "./meeting.ts";

const ticket: Ticket = JSON.parse(runtime.scriptArgs()[0]);
const { words } = Meeting.open(ticket);
const ringer = platform.openRinger(ticket.pid, ticket.writeFd)!;
for (let seen = -1; seen !== -2;) {
  const ping = words.load(WORD.ping);
  if (ping === seen) continue;
  seen = ping;
  words.store(WORD.pong, ping);
  platform.ring(ringer);
}
