/** Copies of records that may still change, as they stand now. Texts of the http stage are getters, which a spread leaves behind. */
import type { Message } from './model.ts';

export function copyOf<M extends Message>(message: M): M {
  return 'target' in message ? { ...message, target: message.target } : { ...message };
}
