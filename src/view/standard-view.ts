/** How a report is rendered when nothing else is said: for a file, without colour, and with values of the capture hidden. */
import type { ShortHash } from './redact.ts';
import type { ViewOptions } from './safe.ts';

export function standardView(): ViewOptions {
  return { width: 80, color: false, showSecrets: false, hash: numbering(), paint: (_style, text) => text };
}

/** Equal values get equal numbers, in the order in which they first appear: they say nothing about the value. */
function numbering(): ShortHash {
  const numbers = new Map<string, string>();
  return (octets) => {
    const number = numbers.get(octets) ?? (numbers.size + 1).toString(16).padStart(4, '0');
    numbers.set(octets, number);
    return number;
  };
}
