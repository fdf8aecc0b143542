/** The explanation as one HTML page that needs nothing else: formulas as MathML, drawings as SVG, light and dark. */
import temml from 'temml';
import type { Explanation } from '../explanation.ts';
import type { FunctionPage } from '../functions.ts';
import type { Row } from '../lines.ts';
import { notationOf } from '../notation.ts';
import { numberTex, numberText } from '../numbers.ts';
import { notationTex, notationTexTerms } from '../tex.ts';
import { mixesSamples } from '../text.ts';
import { variableTex } from '../variable.ts';
import { drawNetwork, escapeXml } from './drawing.ts';
import { style } from './page.ts';
import { drawPlot } from './plots.ts';
import {
  type Group,
  groupsOf,
  isMarked,
  type RenderOptions,
  severalSamples,
  showsValue,
  sidesOf,
  titleOf,
} from './view.ts';

export function renderHtml(explained: Explanation, { blank = false }: RenderOptions = {}): string {
  const title = titleOf(explained);
  const groups = groupsOf(explained);
  const body = [
    `<header><h1>${escapeXml(title)}</h1>${list(explained.setting)}</header>`,
    blank ? '<p class="sheet">A sheet to fill in: results are left out.</p>' : notices(explained),
    leftOut(explained),
    contents(groups),
    network(explained, blank),
    table(explained, blank),
    ...groups.map((group, i) => groupHtml(group, i, blank)),
    functions(explained, blank),
    '<footer>Written by chainrule. Numbers are shown to six significant digits and computed in float64.</footer>',
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeXml(title)}</title>
<style>${style}</style>
</head>
<body><main>
${body.filter((part) => part !== '').join('\n')}
</main></body>
</html>
`;
}

function list(items: readonly string[]): string {
  return `<ul class="setting">${items.map((item) => `<li>${escapeXml(item)}</li>`).join('')}</ul>`;
}

const known = new Map<string, string>();

/** TeX as MathML. The same piece comes up over and over, so it is kept. */
function math(tex: string): string {
  let made = known.get(tex);
  if (made === undefined) {
    made = temml.renderToString(tex, { throwOnError: true, annotate: false });
    if (known.size > 20_000) known.clear();
    known.set(tex, made);
  }
  return made;
}

/** Terms of a sum as formulas of their own, so that a narrow page can break between them. */
function breakable(terms: readonly string[]): string {
  return terms
    .map((term) => math(`\\displaystyle ${term}`))
    .map((made, i) =>
      i === 0
        ? made
        : made.replace(/<mo[^>]*>([+−])<\/mo>/, '<mo form="infix" lspace="0.22em" rspace="0.22em">$1</mo>'),
    )
    .join('<wbr>');
}

function notices({ observations }: Explanation): string {
  if (observations.length === 0) return '';
  return `<section class="notices"><h2>What to notice</h2>${observations.map(({ text }) => `<p>${escapeXml(text)}</p>`).join('')}</section>`;
}

function leftOut({ leftOut: left }: Explanation): string {
  return left.length === 0 ? '' : `<section class="left-out"><h2>Left out</h2>${list(left)}</section>`;
}

function network(explained: Explanation, blank: boolean): string {
  const { table: forward, trace } = explained;
  const sample = forward.rows[0]?.sample;
  const place = blank || sample === undefined ? undefined : trace.batch.rows.indexOf(sample);
  const under = place === undefined ? '' : `; under the units, the numbers of sample ${sample + 1}`;
  return `<section><h2>The network</h2><figure class="scroll">${drawNetwork(explained, place)}</figure><p class="caption">Before the step. The thicker a line, the larger its weight; dashed lines are negative; weights are written where there is room${under}.</p></section>`;
}

function table({ table: forward }: Explanation, blank: boolean): string {
  const head = forward.columns
    .map(({ variable }) => `<th scope="col">${math(variableTex(variable, false))}</th>`)
    .join('');
  const rows = forward.rows
    .map(({ sample, values }) => {
      const cells = values
        .map((value, i) =>
          blank && !forward.columns[i].given ? '<td class="empty"></td>' : `<td>${numberText(value)}</td>`,
        )
        .join('');
      return `<tr><th scope="row">${sample + 1}</th>${cells}</tr>`;
    })
    .join('');
  const more =
    forward.leftOut > 0
      ? `<p class="caption">${forward.leftOut} more columns have no room here; the lines below have their numbers.</p>`
      : '';
  return `<section><h2>The forward pass as a table</h2><div class="scroll"><table><thead><tr><th scope="col">sample</th>${head}</tr></thead><tbody>${rows}</tbody></table></div>${more}</section>`;
}

function contents(groups: readonly Group[]): string {
  const links = groups.map(({ heading }, i) => `<a href="#part-${i}">${escapeXml(heading)}</a>`);
  return `<nav aria-label="Contents">${[...links, '<a href="#functions">The functions</a>'].join(' ')}</nav>`;
}

function groupHtml(group: Group, i: number, blank: boolean): string {
  const several = severalSamples(group);
  return `<section id="part-${i}"><h2>${escapeXml(group.heading)}</h2>${group.rows.map((row) => rowHtml(row, isMarked(row, several), blank)).join('\n')}</section>`;
}

function rowHtml(row: Row, marked: boolean, blank: boolean): string {
  const sides = sidesOf(row, marked, blank).map(({ notation, how }) => breakable(notationTexTerms(notation, how)));
  sides.push(
    showsValue(row, blank)
      ? `<span class="result">${math(numberTex(row.value))}</span>`
      : '<span class="fill" role="img" aria-label="to fill in"></span>',
  );
  const note = row.line.note === undefined ? '' : `<small>${escapeXml(row.line.note)}</small>`;
  const name = math(`\\displaystyle ${variableTex(row.variable, marked)}`);
  return `<div class="line" data-quantity="${escapeXml(row.line.quantity)}" data-after="${row.line.after}"><span class="name">${name}</span><div class="sides">${sides.map((side) => `<div>${math('=')} ${side}</div>`).join('')}${note}</div></div>`;
}

function functions({ functions: pages }: Explanation, blank: boolean): string {
  return `<section id="functions"><h2>The functions</h2>${pages.map((page) => functionHtml(page, blank)).join('\n')}</section>`;
}

function functionHtml(page: FunctionPage, blank: boolean): string {
  const { left, right } = page.definition;
  const definition = `${variableTex(left, false)} = ${notationTex(notationOf(right), { as: 'names', marked: mixesSamples(right) })}`;
  const derivations = page.derivations.map(({ left: of, steps }) => {
    const lines = steps.map(({ expression, reason, rules }, i) => {
      const side = breakable(notationTexTerms(notationOf(expression), { as: 'names' }));
      const rule = rules.map(({ left: l, right: r }) =>
        math(`${notationTex(l, { as: 'names' })} = ${notationTex(r, { as: 'names' })}`),
      );
      const why =
        reason === '' ? '' : `<small>${escapeXml(reason)}${rule.length > 0 ? `: ${rule.join('; ')}` : ''}</small>`;
      const name = i === 0 ? math(`\\displaystyle ${variableTex(of, false)}`) : '';
      return `<span class="name">${name}</span><div class="sides"><div>${math('=')} ${side}</div>${why}</div>`;
    });
    return `<div class="derivation">${lines.join('')}</div>`;
  });
  const plot = page.plot === undefined ? '' : `<figure>${drawPlot(page.plot, !blank)}${legend(page, blank)}</figure>`;
  const remarks = page.remarks.map((remark) => `<p class="caption">${escapeXml(remark)}</p>`).join('');
  const options = page.options === '' ? '' : ` <span class="caption">${escapeXml(page.options)}</span>`;
  return `<article><h3>${escapeXml(page.name)}, ${escapeXml(page.used)}${options}</h3><div class="beside"><div><p class="scroll">${math(`\\displaystyle ${definition}`)}</p>${derivations.join('')}${remarks}</div>${plot}</div></article>`;
}

function legend({ plot }: FunctionPage, blank: boolean): string {
  const item = (kind: string, derivative: boolean) => {
    const labels = plot!.curves.filter((curve) => curve.derivative === derivative).map(({ label }) => label);
    return `<span class="key ${kind}">${escapeXml([...new Set(labels)].join('; '))}</span>`;
  };
  const which = plot!.curves.map(({ of }) => of).filter((of) => of !== undefined);
  const family = which.length > 0 ? ` for ${escapeXml([...new Set(which)].join(', '))}` : '';
  const dots = blank ? '' : '. Dots: the samples of the batch.';
  return `<figcaption>${item('curve', false)} ${item('derivative', true)}${family}${dots}</figcaption>`;
}
