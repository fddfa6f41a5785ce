/**
 * The version in package.json, which is two folders above src/cli and dist/cli alike.
 */
import { readFileSync } from 'node:fs';

export function versionOfPackage(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return manifest instanceof Object && 'version' in manifest ? String(manifest.version) : 'unknown';
}
