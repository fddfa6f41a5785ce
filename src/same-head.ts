/** Two heads without any difference: what a box that reads HTTP almost never leaves behind, and one that copies octets always. */
import type { Message } from './model.ts';

/** Nothing added, nothing taken out, not even what is for one hop. */
export function isSameHead(received: Message, sent: Message): boolean {
  if (received.version !== sent.version || received.fields.length !== sent.fields.length || startOf(received) !== startOf(sent))
    return false;
  if (received.fingerprint.fields !== sent.fingerprint.fields) return false;
  return received.fields.every(({ name, value }, index) => sent.fields[index]?.name === name && sent.fields[index]?.value === value);
}

function startOf(message: Message): string {
  return message.kind === 'request' ? `${message.method} ${message.target}` : `${message.status} ${message.reason}`;
}
