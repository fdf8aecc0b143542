/** The explanation as one self-contained HTML page: formulas as MathML, drawings as SVG, light and dark. */
import temml from 'temml';
import { clipMiddle } from '../../base/printable.ts';
import { unravel } from '../../base/shape.ts';
import type { ExplainedStep } from '../explained.ts';
import type { FunctionPage } from '../functions/page.ts';
import type { Row } from '../lines/line.ts';
import { notationOf } from '../notation.ts';
import { numberTex, numberText } from '../numbers.ts';
import { notationTex, notationTexTerms } from '../tex.ts';
import { mixesSamples } from '../text.ts';
import { variableTex } from '../variable.ts';
import { drawNetwork } from './drawing.ts';
import { documentHtml, html, join, type Markup, madeBy, nothing } from './markup.ts';
import { style } from './page.ts';
import { drawPlot } from './plots.ts';
import {
  type Group,
  groupsOf,
  isMarked,
  type RenderOptions,
  type Shown,
  severalSamples,
  showsValue,
  sidesOf,
} from './view.ts';

export function renderHtml(explained: ExplainedStep, { blank = false }: RenderOptions = {}): string {
  const { title } = explained;
  const groups = groupsOf(explained);
  const { digits } = explained;
  const shown: Shown = { blank, digits };
  const body = [
    html`<header><h1>${title}</h1>${list(explained.setting)}</header>`,
    blank ? html`<p class="sheet">A worksheet to fill in: the results are left out.</p>` : notices(explained),
    leftOut(explained),
    contents(groups, explained.functions.length > 0),
    network(explained, blank),
    parameters(explained),
    table(explained, shown),
    ...groups.map((group, i) => groupHtml(group, i, shown)),
    functions(explained, blank),
    html`<footer>Written by chainrule. Numbers are shown to ${digits ?? 'six'} significant digits and computed in float64.</footer>`,
  ];
  return documentHtml(
    title,
    style,
    join(
      body.filter((part) => !part.isEmpty),
      '\n',
    ),
  );
}

function list(items: readonly string[]): Markup {
  return html`<ul class="setting">${items.map((item) => html`<li>${clipMiddle(item, longestSentence)}</li>`)}</ul>`;
}

/** The maximum number of characters of a sentence that contains users' names. */
const longestSentence = 4000;

/**
 * Forbids all TeX that affects more than a formula: links, classes, styles, growing macros, sizes beyond a page. Users'
 * symbols are escaped before they become TeX (variable.ts); this is the second barrier.
 */
const bounds = { trust: false, strict: false, maxExpand: 100, maxSize: [20, 100] as [number, number] };

const known = new Map<string, Markup>();

/** TeX as MathML, cached because the same formulas occur often. */
function math(tex: string): Markup {
  let made = known.get(tex);
  if (made === undefined) {
    try {
      made = madeBy('temml', temml.renderToString(tex, { throwOnError: true, annotate: false, ...bounds }));
    } catch {
      // a symbol that the typesetter does not know is shown as source
      made = html`<code class="untypeset">${tex}</code>`;
    }
    if (known.size > 20_000) known.clear();
    known.set(tex, made);
  }
  return made;
}

/** Each term of a sum as a separate formula, so that a narrow page can break between them. */
function breakable(terms: readonly string[]): Markup {
  const formulas = terms
    .map((term) => math(`\\displaystyle ${term}`))
    .map((made, i) =>
      i === 0
        ? made
        : madeBy(
            'temml',
            String(made).replace(/<mo[^>]*>([+−])<\/mo>/, '<mo form="infix" lspace="0.22em" rspace="0.22em">$1</mo>'),
          ),
    );
  return join(formulas, html`<wbr>`);
}

function notices({ observations }: ExplainedStep): Markup {
  if (observations.length === 0) return nothing;
  return html`<section class="notices"><h2>Observations</h2>${observations.map(({ text }) => html`<p>${clipMiddle(text, longestSentence)}</p>`)}</section>`;
}

function leftOut({ leftOut: left }: ExplainedStep): Markup {
  return left.length === 0 ? nothing : html`<section class="left-out"><h2>Left out</h2>${list(left)}</section>`;
}

function network({ network: drawn, digits }: ExplainedStep, blank: boolean): Markup {
  if (drawn === undefined) return nothing;
  const { sample, trace } = drawn;
  const place = blank || sample === undefined ? undefined : trace.batch.rows.indexOf(sample);
  const of = trace.problem.inputs.shape[0] === 1 ? 'the sample' : `sample ${sample! + 1}`;
  const under = place === undefined ? '' : `; under the units, the numbers of ${of}`;
  return html`<section><h2>The network</h2><figure class="scroll">${drawNetwork(drawn, place, digits)}</figure><p class="caption">Before the step. The thicker a line, the larger its weight; dashed lines are negative; weights are shown where they fit${under}.</p></section>`;
}

/** Numbers of a parameter that a page lists. */
const maxParameters = 48;

/** The parameters before the step; a network's are in its drawing. */
function parameters({ network: drawn, parameters: all, digits }: ExplainedStep): Markup {
  if (drawn !== undefined || all.length === 0) return nothing;
  const blocks = all.map(({ name, shape, numbers, variable }) => {
    const shown = Array.from({ length: Math.min(numbers.length, maxParameters) }, (_, offset) =>
      math(`${variableTex(variable(unravel(offset, shape)), false)} = ${numberTex(numbers[offset], digits)}`),
    );
    const left = numbers.length - shown.length;
    const more = left > 0 && html` <span class="caption">… ${left} more</span>`;
    return html`<h3>${name}</h3><p>${join(shown, ' \u2002')}${more}</p>`;
  });
  return html`<section><h2>Before the step</h2>${blocks}</section>`;
}

/** The columns that a phone shows at once. */
const columnsOfPhone = 4;

function table({ table: shown }: ExplainedStep, { blank, digits }: Shown): Markup {
  const head = shown.columns.map(({ variable }) => html`<th scope="col">${math(variableTex(variable, false))}</th>`);
  const rows = shown.rows.map(({ number, values }) => {
    const cells = values.map((value, i) =>
      blank && !shown.columns[i].given ? html`<td class="empty"></td>` : html`<td>${numberText(value, digits)}</td>`,
    );
    return html`<tr><th scope="row">${number}</th>${cells}</tr>`;
  });
  const more =
    shown.leftOut > 0 &&
    html`<p class="caption">${shown.leftOut} more columns do not fit here; the lines below show their numbers.</p>`;
  const hint =
    shown.columns.length > columnsOfPhone &&
    html`<p class="caption hint">The table has ${shown.columns.length + 1} columns: scroll it sideways.</p>`;
  return html`<section><h2>The ${shown.title}</h2>${hint}<div class="scroll wide" tabindex="0" role="region" aria-label="The ${shown.title}"><table><thead><tr><th scope="col">${shown.rowName}</th>${head}</tr></thead><tbody>${rows}</tbody></table></div>${more}</section>`;
}

function contents(groups: readonly Group[], hasFunctions: boolean): Markup {
  const links = groups.map(({ heading }, i) => html`<a href="#part-${i}">${heading}</a>`);
  return html`<nav aria-label="Contents">${join([...links, ...(hasFunctions ? [html`<a href="#functions">The functions</a>`] : [])], ' ')}</nav>`;
}

function groupHtml(group: Group, i: number, shown: Shown): Markup {
  const several = severalSamples(group);
  const rows = group.rows.map((row) => rowHtml(row, isMarked(row, several), shown));
  return html`<section id="part-${i}"><h2>${group.heading}</h2>${join(rows, '\n')}</section>`;
}

function rowHtml(row: Row, marked: boolean, shown: Shown): Markup {
  const sides = sidesOf(row, marked, shown).map(({ notation, how }) => breakable(notationTexTerms(notation, how)));
  sides.push(
    showsValue(row, shown.blank)
      ? html`<span class="result">${math(numberTex(row.value, shown.digits))}</span>`
      : html`<span class="fill" role="img" aria-label="to fill in"></span>`,
  );
  const note = row.line.note === undefined ? nothing : html`<small>${row.line.note}</small>`;
  const name = math(`\\displaystyle ${variableTex(row.variable, marked)}`);
  return html`<div class="line" data-quantity="${row.line.quantity}" data-after="${row.line.after}"><span class="name">${name}</span><div class="sides">${sides.map((side) => html`<div>${math('=')} ${side}</div>`)}${note}</div></div>`;
}

function functions({ functions: pages }: ExplainedStep, blank: boolean): Markup {
  if (pages.length === 0) return nothing;
  const articles = pages.map((page) => functionHtml(page, blank));
  return html`<section id="functions"><h2>The functions</h2>${join(articles, '\n')}</section>`;
}

function functionHtml(page: FunctionPage, blank: boolean): Markup {
  const { left, right } = page.definition;
  const definition = `${variableTex(left, false)} = ${notationTex(notationOf(right), { as: 'names', marked: mixesSamples(right) })}`;
  const derivations = page.derivations.map(({ left: of, steps }) => {
    const lines = steps.map(({ expression, reason, rules }, i) => {
      const side = breakable(notationTexTerms(notationOf(expression), { as: 'names' }));
      const rule = rules.map(({ left: l, right: r }) =>
        math(`${notationTex(l, { as: 'names' })} = ${notationTex(r, { as: 'names' })}`),
      );
      const why = reason !== '' && html`<small>${reason}${rule.length > 0 && html`: ${join(rule, '; ')}`}</small>`;
      const name = i === 0 && math(`\\displaystyle ${variableTex(of, false)}`);
      return html`<span class="name">${name}</span><div class="sides"><div>${math('=')} ${side}</div>${why}</div>`;
    });
    return html`<div class="derivation">${lines}</div>`;
  });
  const plot = page.plot !== undefined && html`<figure>${drawPlot(page.plot, !blank)}${legend(page, blank)}</figure>`;
  const remarks = page.remarks.map((remark) => html`<p class="caption">${remark}</p>`);
  const options = page.options !== '' && html` <span class="caption">${page.options}</span>`;
  return html`<article><h3>${page.name}, ${page.used}${options}</h3><div class="beside"><div><p class="scroll">${math(`\\displaystyle ${definition}`)}</p>${derivations}${remarks}</div>${plot}</div></article>`;
}

function legend({ plot }: FunctionPage, blank: boolean): Markup {
  const item = (kind: string, derivative: boolean) => {
    const labels = plot!.curves.filter((curve) => curve.derivative === derivative).map(({ label }) => label);
    return html`<span class="key ${kind}">${[...new Set(labels)].join('; ')}</span>`;
  };
  const which = plot!.curves.map(({ of }) => of).filter((of) => of !== undefined);
  const family = which.length > 0 ? ` for ${[...new Set(which)].join(', ')}` : '';
  const dots = blank ? '' : '. Dots: the samples of the batch.';
  return html`<figcaption>${item('curve', false)} ${item('derivative', true)}${family}${dots}</figcaption>`;
}
