/** The style of the page: system fonts, light and dark, phone and desktop, and print. */
export const style = `
:root {
  --page: #fdfdfc; --text: #1c1d21; --soft: #5d616b; --rule: #d9dade; --tint: #f1f2f4;
  --curve: #1d5fbf; --derivative: #b4470f; --negative: #b4470f; --notice: #fff6dd; --notice-rule: #d9a514;
  --shadow: #0004;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #16181c; --text: #e7e8ea; --soft: #a2a7b3; --rule: #363a43; --tint: #20232a;
    --curve: #7fb2ff; --derivative: #ffa26b; --negative: #ffa26b; --notice: #2b2614; --notice-rule: #a8842a;
    --shadow: #fff5;
  }
}
@media print {
  :root {
    --page: #fff; --text: #000; --soft: #444; --rule: #bbb; --tint: #fff;
    --curve: #1d5fbf; --derivative: #b4470f; --negative: #b4470f; --notice: #fff; --notice-rule: #888;
  }
  nav { display: none; }
  .line, article figure, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .scroll, .sides > div { overflow: visible !important; }
  .wide { background: none; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; -webkit-text-size-adjust: 100%; }
main { max-width: 66rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
h1, h2, h3, p, li, small, figcaption { overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0.5rem 0 0.75rem; }
h2 { font-size: 1.2rem; margin: 0 0 0.75rem; }
h3 { font-size: 1.05rem; margin: 0 0 0.5rem; }
section { margin-top: 2.25rem; }
.setting { list-style: none; margin: 0; padding: 0; color: var(--soft); }
.notices { background: var(--notice); border-left: 4px solid var(--notice-rule); padding: 0.9rem 1.1rem; border-radius: 4px; }
.notices h2 { margin-bottom: 0.4rem; }
.notices p { margin: 0.4rem 0 0; }
.sheet { border: 1px solid var(--rule); border-radius: 4px; padding: 0.5rem 0.9rem; }
.caption, small, figcaption { color: var(--soft); font-size: 0.875rem; }
p.caption { margin: 0.4rem 0; }
.scroll { overflow-x: auto; max-width: 100%; }
/* a shadow at each end that has more: the covers scroll with the content, the shadows do not */
.wide {
  background: linear-gradient(90deg, var(--page) 40%, transparent) left / 2.5rem 100% no-repeat local,
    linear-gradient(270deg, var(--page) 40%, transparent) right / 2.5rem 100% no-repeat local,
    linear-gradient(90deg, var(--shadow), transparent) left / 1rem 100% no-repeat scroll,
    linear-gradient(270deg, var(--shadow), transparent) right / 1rem 100% no-repeat scroll;
}
.hint { display: none; }
figure { margin: 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.8rem; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
thead th { border-bottom-width: 2px; font-weight: 600; }
tbody th { font-weight: 400; color: var(--soft); }
math { font-size: 1.06em; }
td.empty { min-width: 4.6rem; border-left: 1px solid var(--rule); border-right: 1px solid var(--rule); }
small math { color: var(--text); font-size: 1.1em; }
nav { display: flex; flex-wrap: wrap; gap: 0.3rem 1.1rem; margin-top: 1.5rem; font-size: 0.9rem; }
a { color: var(--curve); text-decoration-thickness: 1px; text-underline-offset: 2px; }
math .tml-left { text-align: left; }
.result { background: var(--tint); border-radius: 4px; padding: 0.15rem 0.4rem; }
.line, .derivation { display: grid; grid-template-columns: minmax(3.4rem, max-content) minmax(0, 1fr); column-gap: 0.5rem; align-items: baseline; }
.line { padding: 0.45rem 0; border-bottom: 1px solid var(--rule); }
.line .sides { display: flex; flex-wrap: wrap; gap: 0.35rem 0.55rem; align-items: baseline; }
.sides > div { overflow-x: auto; overflow-y: hidden; max-width: 100%; padding: 0.1rem 0; }
.line .sides small { flex-basis: 100%; }
.name { text-align: right; }
.derivation { row-gap: 0.35rem; margin: 0.5rem 0 1rem; }
.derivation .sides { display: flex; flex-wrap: wrap; gap: 0 1.2rem; align-items: baseline; }
.fill { display: inline-block; width: 7rem; height: 1.3em; border-bottom: 1.5px solid var(--soft); vertical-align: baseline; }
article { padding: 1rem 0; border-top: 1px solid var(--rule); }
.beside { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 460px); gap: 1.5rem; }
.beside svg { width: 100%; height: auto; }
.network { max-width: 100%; height: auto; color: var(--text); font: 13px system-ui, sans-serif; }
.network .unit { fill: var(--tint); stroke: var(--text); stroke-width: 1.4; }
.network .edge { stroke: var(--curve); opacity: 0.55; }
.network .edge.negative { stroke: var(--negative); stroke-dasharray: 5 4; }
.network .edge.other { stroke: var(--soft); stroke-dasharray: 2 4; }
.network text { fill: var(--text); paint-order: stroke; stroke: var(--page); stroke-width: 4px; stroke-linejoin: round; }
.network .plate { fill: var(--page); }
.network .name { font-weight: 600; stroke: none; }
.network .letter { font: italic 600 15px "Latin Modern Math", "Cambria Math", Georgia, serif; }
.network .index { font-size: 9.5px; }
.network .value, .network .title { fill: var(--soft); }
.key::before { content: ""; display: inline-block; width: 1.6em; border-top: 2.5px solid var(--curve); vertical-align: middle; margin-right: 0.4em; }
.key.derivative::before { border-top: 2.5px dashed var(--derivative); }
.key { margin-right: 0.8em; }
footer { margin-top: 3rem; color: var(--soft); font-size: 0.875rem; }
@media (max-width: 46rem) {
  main { padding: 1rem 0.9rem 2rem; }
  .beside { grid-template-columns: minmax(0, 1fr); }
  .line { grid-template-columns: minmax(0, 1fr); row-gap: 0.2rem; }
  .line .sides { padding-left: 1.1rem; }
  .line .name { text-align: left; }
  th, td { padding: 0.3rem 0.5rem; }
  .hint { display: block; }
}
`;
