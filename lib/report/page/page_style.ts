/**
 * How the page looks: in the light and in the dark, on a wall and on a phone.
 *
 * @module
 */

/** The whole style sheet. Colours are chosen for a contrast of at least 4.5 (text) and 3 (bars). */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f3f5f8; --card: #ffffff; --text: #17202b; --soft: #4d5b6b; --line: #d5dce4; --rail: #e9edf2;
  --event: #2f6fde; --audit: #0b7f74; --dead: #c44a10; --spare: #6b7787;
  --good: #11703a; --warn: #8a5300; --bad: #b3202a;
  --good-tint: #e7f5ec; --warn-tint: #fdf2dd; --bad-tint: #fdeaea; --plain-tint: #e9eef5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10151c; --card: #19212b; --text: #e8edf3; --soft: #a9b6c4; --line: #344150; --rail: #26313e;
    --event: #78a9ff; --audit: #3ccab8; --dead: #ff9a62; --spare: #93a1b1;
    --good: #6fd898; --warn: #f2bd62; --bad: #ff9a9a;
    --good-tint: #16301f; --warn-tint: #36290f; --bad-tint: #3c1b1e; --plain-tint: #222d3a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere;
}
header, main, footer { max-width: 70rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; letter-spacing: -0.01em; }
h2 { margin: 0 0 0.75rem; font-size: 1.1rem; line-height: 1.3; }
p { margin: 0 0 0.75rem; }
section p:last-child { margin-bottom: 0; }
code { font: 0.9em/1.45 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.place { margin: 0.25rem 0 0; color: var(--soft); }
.verdict {
  display: flex; gap: 0.9rem; align-items: flex-start; margin: 1.25rem 0; padding: 1rem 1.25rem;
  border: 1px solid var(--line); border-left: 6px solid var(--tone); border-radius: 10px;
  background: var(--tint); font-size: 1.15rem; line-height: 1.45; font-weight: 600;
}
.verdict p { margin: 0; }
.verdict .command { background: var(--card); font-weight: 400; font-size: 0.95rem; }
.verdict svg { flex: none; margin-top: 0.1rem; }
.verdict svg path { fill: none; stroke: var(--tone); stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; }
.healthy { --tone: var(--good); --tint: var(--good-tint); }
.attention { --tone: var(--warn); --tint: var(--warn-tint); }
.damaged { --tone: var(--bad); --tint: var(--bad-tint); }
.absent { --tone: var(--soft); --tint: var(--plain-tint); }
main, .columns > div { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; align-content: start; }
.columns { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.25rem; }
section { padding: 1.25rem; border: 1px solid var(--line); border-radius: 10px; background: var(--card); min-width: 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 1rem 1.25rem; margin: 0 0 1.1rem; }
.figures dd { margin: 0; font-size: clamp(1.15rem, 5.2vw, 1.45rem); font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; white-space: nowrap; }
.columns .figures { grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); }
.columns .figures dd { font-size: 1.2rem; }
dt { color: var(--soft); font-size: 0.875rem; }
.facts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.75rem 1.25rem; margin: 0; padding-top: 1rem; border-top: 1px solid var(--line); }
.facts dd { margin: 0; }
figure { margin: 0; }
figcaption, caption, .note { color: var(--soft); font-size: 0.9rem; text-align: left; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0.5rem 0 0.75rem; padding: 0; list-style: none; font-size: 0.9rem; }
.legend svg { vertical-align: -1px; margin-right: 0.25rem; }
.plot { display: grid; grid-template-columns: 52px minmax(0, 1fr); }
.plot svg { display: block; overflow: visible; }
.plot text { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--line); }
.axis { stroke: var(--soft); }
.event, .kept { fill: var(--event); }
.audit { fill: var(--audit); }
.dead_letter, .expired { fill: var(--dead); }
.spare-part { fill: var(--spare); }
.harm { fill: var(--bad); }
.rail { fill: var(--rail); }
.note { margin-top: 0.75rem; }
details { margin-top: 0.9rem; }
summary { display: inline-block; padding: 0.25rem 0.1rem; cursor: pointer; color: var(--event); font-weight: 600; font-size: 0.95rem; }
summary::before { content: "\\25B8\\00A0"; }
details[open] > summary::before { content: "\\25BE\\00A0"; }
summary::-webkit-details-marker { display: none; }
:focus-visible { outline: 3px solid var(--event); outline-offset: 2px; border-radius: 4px; }
.scroll { max-height: 22rem; margin-top: 0.5rem; overflow: auto; border: 1px solid var(--line); border-radius: 8px; }
table { width: 100%; border-collapse: collapse; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
caption { padding-bottom: 0.4rem; }
th, td { padding: 0.35rem 0.5rem; text-align: left; vertical-align: top; font-weight: 400; }
thead th { color: var(--soft); font-size: 0.85rem; border-bottom: 1px solid var(--line); }
.numbers td, .numbers th + th { text-align: right; }
.numbers th { white-space: nowrap; overflow-wrap: normal; }
.numbers thead th { position: sticky; top: 0; background: var(--card); }
.numbers tbody tr + tr { border-top: 1px solid var(--line); }
.bars { table-layout: fixed; }
.bars th, .bars td { padding-left: 0; }
.bars th:first-child { width: 40%; }
.bars th:nth-child(2), .bars td:nth-child(2) { width: 24%; text-align: right; padding-right: 0.8rem; white-space: nowrap; overflow-wrap: normal; }
.bars td:last-child { display: flex; align-items: center; gap: 0.5rem; padding-right: 0; }
.bars td:last-child svg { flex: 1 1 auto; min-width: 0; }
.bars td:last-child span { flex: none; width: 3.6em; text-align: right; color: var(--soft); font-size: 0.85rem; }
.list { margin: 0; padding: 0; list-style: none; }
.list li + li { margin-top: 0.9rem; padding-top: 0.9rem; border-top: 1px solid var(--line); }
.list p { margin: 0.25rem 0 0; }
.badge { display: inline-block; padding: 0.05rem 0.55rem; border-radius: 999px; background: var(--tint); color: var(--tone); font-size: 0.82rem; font-weight: 650; }
.command { display: block; width: fit-content; max-width: 100%; margin-top: 0.4rem; padding: 0.45rem 0.7rem; border-radius: 6px; background: var(--rail); }
time, .quiet { color: var(--soft); font-size: 0.9rem; }
footer { padding-top: 1.25rem; padding-bottom: 2rem; color: var(--soft); font-size: 0.875rem; }
@media (max-width: 47rem) {
  header, main, footer { padding-left: 0.75rem; padding-right: 0.75rem; }
  header { padding-top: 1.25rem; }
  .columns { grid-template-columns: minmax(0, 1fr); }
  main, .columns, .columns > div { gap: 0.75rem; }
  section { padding: 1rem; }
  .facts { grid-template-columns: minmax(0, 1fr); }
  .bars th:first-child { width: 38%; }
  .bars th:nth-child(2) { width: 29%; }
  .plot g.spare { display: none; }
  .verdict { font-size: 1.05rem; padding: 0.9rem 1rem; }
}
@media print {
  body { background: none; }
  section { break-inside: avoid; }
}
`;
