/** What identifies a resource across hosts, users and runs. */

/** A target (absolute or origin form) without scheme, authority, query and numbers: `/users/N/orders`. */
export function routeOf(target: string): string {
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '').replace(/\?.*$/s, '');
  return path.replace(/\d+/g, 'N');
}
