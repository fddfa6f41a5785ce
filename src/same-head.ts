/** Two heads without any difference: what a box that reads HTTP almost never leaves behind, and one that copies octets always. */
import type { Message } from './model.ts';

/** Nothing added, nothing taken out, not even what is for one hop. */
export function isSameHead(received: Message, sent: Message): boolean {
  const [a, b] = [received.fingerprint, sent.fingerprint];
  if (a.fields !== b.fields || a.target !== b.target) return false; // texts are slow to make
  if (received.version !== sent.version || received.fields.length !== sent.fields.length || !startAlike(received, sent)) return false;
  return received.fields.every(({ name, value }, index) => sent.fields[index]?.name === name && sent.fields[index]?.value === value);
}

function startAlike(received: Message, sent: Message): boolean {
  if (received.kind === 'response') return sent.kind === 'response' && received.status === sent.status && received.reason === sent.reason;
  if (sent.kind === 'response' || received.method !== sent.method || received.absoluteForm !== sent.absoluteForm) return false;
  return received.target === sent.target;
}
