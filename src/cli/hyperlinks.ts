/**
 * Does a terminal understand hyperlinks (OSC 8)? There is no asking it; those that do can be told by their environment.
 */
import type { Io, Output } from './io.ts';

const PROGRAMS: ReadonlySet<string> = new Set(['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper', 'Tabby', 'rio']);
const TERMINALS = /^(?:xterm-kitty|xterm-ghostty|alacritty|foot|contour|wezterm)/;
/** Set by terminals that all have them. */
const TRACES = ['KITTY_WINDOW_ID', 'WT_SESSION', 'KONSOLE_VERSION', 'DOMTERM'];
/** The first VTE whose links work; 0.50.0 crashed on them. */
const LEAST_VTE = 5001;

export function hasHyperlinks(output: Pick<Output, 'isTerminal'>, env: Io['env']): boolean {
  const force = env['FORCE_HYPERLINK'];
  if (force !== undefined) return force !== '0' && force !== '';
  if (!output.isTerminal || env['TERM'] === 'dumb' || env['CI'] !== undefined) return false;
  if (Number(env['VTE_VERSION'] ?? 0) >= LEAST_VTE || TRACES.some((name) => env[name] !== undefined)) return true;
  return PROGRAMS.has(env['TERM_PROGRAM'] ?? '') || TERMINALS.test(env['TERM'] ?? '');
}
