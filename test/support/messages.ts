/** HTTP messages, as short as a story wants them. */

/** A request for `target`, or with another version: GET('/a HTTP/1.0'). HTTP/1.1 gets a Host field unless there is one. */
export function GET(target: string, ...fields: readonly string[]): string {
  const line = target.includes(' ') ? `GET ${target}` : `GET ${target} HTTP/1.1`;
  const host = line.endsWith('1.1') && !hasField(fields, 'host') ? ['Host: www.example.com'] : [];
  return headOf(line, [...host, ...fields]);
}

/** A response with that body, and with its Content-Length unless the fields say how the body ends. */
export function OK(body = '', ...fields: readonly string[]): string {
  const framed = hasField(fields, 'content-length') || hasField(fields, 'transfer-encoding');
  return headOf('HTTP/1.1 200 OK', framed ? fields : [`Content-Length: ${body.length}`, ...fields]) + body;
}

function hasField(fields: readonly string[], name: string): boolean {
  return fields.some((field) => field.toLowerCase().startsWith(`${name}:`));
}

function headOf(line: string, fields: readonly string[]): string {
  return `${[line, ...fields].join('\r\n')}\r\n\r\n`;
}
