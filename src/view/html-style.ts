/**
 * The style sheet of the HTML view, and its hash: the policy of the page allows this sheet and nothing else, not even a
 * style attribute. A test says whether the hash fits, and which one would.
 */

import { FILTER_STYLE } from './html-filters.ts';

export const STYLE_HASH = 'sha256-3huCZm/y3cvTw9JNQXQtwBu11ltSR57+7JgjOns30cE=';

export const STYLE = `${FILTER_STYLE}
:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1b1f24; --muted: #57606a; --line: #c8ced5; --soft: #f3f5f7;
  --bad: #b3261e; --bad-soft: #fbeae9; --warn: #855000; --warn-soft: #fdf3dc; --mark: #0b57a4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --text: #e5e8eb; --muted: #a0a9b2; --line: #434a52; --soft: #1e2329;
    --bad: #ff8f85; --bad-soft: #3a1f1d; --warn: #f2bd68; --warn-soft: #362a12; --mark: #86bcff;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.5rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; }
p { margin: .5rem 0; }
ul { margin: .25rem 0; padding-left: 1.3rem; }
a { color: var(--mark); }
a:focus-visible, summary:focus-visible, .wide:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
code { font: .875em ui-monospace, monospace; background: var(--soft); border-radius: 3px; padding: .05em .25em; }
.verdict { font-size: 1.15rem; border-left: .35rem solid var(--line); padding: .5rem .9rem; background: var(--soft); }
.verdict code { background: none; padding: 0; }
.verdict.bad { border-color: var(--bad); background: var(--bad-soft); }
.verdict.warn { border-color: var(--warn); background: var(--warn-soft); }
.quiet { color: var(--muted); }
.tag { font-size: .8rem; font-weight: 600; border: 1px solid currentcolor; border-radius: 1rem; padding: .1rem .6rem; white-space: nowrap; }
.bad { color: var(--bad); } .warn { color: var(--warn); }
.verdict.bad, .verdict.warn { color: var(--text); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; margin: .75rem 0; }
dt { font-weight: 600; } dd { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; min-width: 34rem; font-size: .9rem; overflow-wrap: break-word; }
caption { text-align: left; font-weight: 600; padding: .75rem 0 .2rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr.relayed td { background: var(--warn-soft); }
figure { margin: 1rem 0; } figcaption { color: var(--muted); font-size: .9rem; }
svg { display: block; width: 100%; min-width: 44rem; height: auto; }
svg text { font: 12px ui-monospace, monospace; fill: var(--text); white-space: pre; }
svg .name { font-weight: 700; font-size: 13px; } svg .dim { fill: var(--muted); } svg .red { fill: var(--bad); font-weight: 700; }
svg .amber { fill: var(--warn); font-weight: 700; }
svg line { stroke: var(--muted); stroke-width: 1; } svg .lane { stroke: var(--line); stroke-width: 2; }
svg .arrow { stroke: var(--mark); stroke-width: 1.5; } svg .head { fill: var(--mark); }
svg .arrow.last { stroke: var(--bad); } svg .head.last { fill: var(--bad); }
svg .silence { fill: var(--bad-soft); fill-opacity: .75; stroke: var(--bad); stroke-width: 1; stroke-dasharray: 4 4; }
svg .life { fill: var(--line); } svg .wait { fill: var(--bad); } svg .tick { stroke: var(--text); stroke-width: 1.5; }
details { margin: .75rem 0; } summary { cursor: pointer; font-weight: 600; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } main { padding: 1rem .75rem 3rem; } }
@media print {
  :root {
    color-scheme: light; --page: #ffffff; --text: #000000; --muted: #444444; --line: #999999; --soft: #f3f3f3;
    --bad: #a01810; --bad-soft: #fbeae9; --warn: #704400; --warn-soft: #fdf3dc; --mark: #084a8c;
  }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; } nav { display: none; }
  figure, tr, dl { break-inside: avoid; } h2, h3 { break-after: avoid; } svg, table { min-width: 0; } svg { max-height: 22cm; } .wide { overflow: visible; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
