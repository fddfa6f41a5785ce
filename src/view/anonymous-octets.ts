/**
 * Octets of the capture -> what --anonymize leaves of them: framing and connection management, which the findings are about.
 * Everything else goes by an allow-list, and is hidden as redact.ts hides a secret: equal octets still show as equal.
 */
import type { Wire } from '../model.ts';
import { type Hide, redactOctets } from './redact.ts';

const STRUCTURAL = new Set(
  'connection proxy-connection keep-alive te trailer transfer-encoding upgrade content-length expect max-forwards age'.split(' '),
);

/** Methods that are registered, or look as if they could be; versions; the reasons that every server has. */
const COMMON_METHOD = /^[A-Z]{1,16}$/;
const COMMON_VERSION = /^(?:HTTP\/\d\.\d)?$/;
const COMMON_REASON =
  /^(?:continue|switching protocols|early hints|ok|created|accepted|no content|partial content|moved permanently|found|see other|not modified|temporary redirect|permanent redirect|bad request|unauthorized|forbidden|not found|method not allowed|not acceptable|proxy authentication required|request time-?out|conflict|gone|length required|precondition failed|(?:payload|content) too large|request entity too large|expectation failed|misdirected request|upgrade required|too many requests|internal server error|not implemented|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|http version not supported)?$/i;

export function anonymousWire(wire: Wire, hide: Hide): string {
  const { octets } = wire;
  switch (wire.kind) {
    case 'target':
      return anonymousTarget(octets, hide);
    case 'field-value':
      return anonymousField(wire.name, octets, hide);
    case 'octets':
      return redactOctets(octets, hide);
    case 'host-name':
      return hide(octets);
    case 'method':
      return COMMON_METHOD.test(octets) ? octets : hide(octets);
    case 'version':
      return COMMON_VERSION.test(octets) ? octets : hide(octets);
    case 'reason':
      return COMMON_REASON.test(octets) ? octets : hide(octets);
    case 'field-name':
      return octets;
  }
}

function anonymousField(name: string | undefined, value: string, hide: Hide): string {
  return value === '' || STRUCTURAL.has((name ?? '').toLowerCase()) ? value : hide(value);
}

/** The form of the target stays: `http://<...>/<...>`, `/<...>`, `*`. */
function anonymousTarget(target: string, hide: Hide): string {
  if (target === '*' || target === '') return target;
  const [, scheme = '', rest = ''] = /^((?:[a-z][a-z0-9+.-]*:)?\/\/)?(.*)$/is.exec(target) ?? [];
  const slash = rest.indexOf('/');
  const [authority, path] = slash < 0 ? [rest, ''] : [rest.slice(0, slash), rest.slice(slash + 1)];
  return scheme + (authority === '' ? '' : hide(authority)) + (slash < 0 ? '' : '/') + (path === '' ? '' : hide(path));
}
