/** The explanation as a LaTeX document for pdflatex: amsmath, booktabs, longtable; plots use pdfTeX's own paths. */
import { clipMiddle, printable } from '../../base/printable.ts';
import type { ExplainedStep } from '../explained.ts';
import type { FunctionPage, Plot } from '../functions/page.ts';
import type { Row } from '../lines/line.ts';
import { type Notation, notationOf } from '../notation.ts';
import { numberTex, numberText } from '../numbers.ts';
import { notationTex, notationTexTerms } from '../tex.ts';
import { mixesSamples, notationText, type Writing } from '../text.ts';
import { escaped, variableTex } from '../variable.ts';
import { curveLimits, ticks } from './limits.ts';
import { groupsOf, isMarked, type RenderOptions, type Shown, severalSamples, showsValue, sidesOf } from './view.ts';

/** The maximum number of letters in a line of formulas. */
const lineWidth = 88;
/** The maximum number of rows of an aligned block, which TeX typesets as a whole before it breaks it. */
const blockRows = 24;

export function renderLatex(explained: ExplainedStep, { blank = false }: RenderOptions = {}): string {
  const shown: Shown = { blank, digits: explained.digits };
  const parts: string[] = [
    `\\section*{${text(explained.title)}}`,
    list(explained.setting),
    ...(blank ? ['\\noindent A worksheet to fill in: the results are left out.'] : notices(explained)),
    ...(explained.leftOut.length > 0 ? ['\\subsection*{Left out}', list(explained.leftOut)] : []),
    ...(explained.parameters.length > 0 ? ['\\subsection*{Before the step}', parameters(explained)] : []),
    `\\subsection*{The ${explained.table.title}}`,
    ...tables(explained, shown),
    ...groupsOf(explained).flatMap((group) => {
      const several = severalSamples(group);
      const marked = (row: Row) => isMarked(row, several);
      // all names of a block are in one column, as wide as the longest name
      const names = group.rows.map((row) => widthOf(nameOf(row), { as: 'names', marked: marked(row) }));
      const width = lineWidth - Math.max(0, ...names.map((name) => name - 4));
      const blocks = group.rows.map((row) => rowLines(row, marked(row), shown, width));
      return [`\\subsection*{${text(group.heading)}}`, ...align(blocks)];
    }),
    ...explained.functions.flatMap((page) => functionParts(page, blank)),
  ];
  return `${preamble(explained.title)}\n${parts.join('\n\n')}\n\n\\end{document}\n`;
}

function preamble(title: string): string {
  return `\\documentclass[10pt,a4paper]{article}
\\usepackage[T1]{fontenc}
\\usepackage[utf8]{inputenc}
\\usepackage{lmodern}
\\usepackage{textcomp}
\\usepackage{amsmath,amssymb}
\\usepackage{booktabs,longtable}
\\usepackage{graphicx}
\\usepackage[margin=18mm]{geometry}
\\allowdisplaybreaks
\\setlength{\\parindent}{0pt}
\\setlength{\\parskip}{4pt}
\\setlength{\\jot}{6pt}
\\newcommand{\\fillin}{\\underline{\\hspace{24mm}}}
% unbreakable formulas that are too wide are shrunk
\\newsavebox{\\fitbox}
\\newcommand{\\fit}[2]{\\sbox{\\fitbox}{$\\displaystyle #2$}\\ifdim\\wd\\fitbox>#1\\linewidth\\resizebox{#1\\linewidth}{!}{\\usebox{\\fitbox}}\\else\\usebox{\\fitbox}\\fi}
\\pagestyle{plain}
% ${safe(title).replaceAll('\n', ' ')}
\\begin{document}`;
}

// ---- text

const characters: Readonly<Record<string, string>> = {
  ...escaped,
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '·': '$\\cdot$',
  '−': '$-$',
  '∂': '$\\partial$',
  Σ: '$\\Sigma$',
  '√': '$\\surd$',
  '′': '$\\prime$',
  '…': '\\dots{}',
  '∞': '$\\infty$',
  '≤': '$\\leq$',
  '≥': '$\\geq$',
  '‖': '$\\Vert$',
  '∇': '$\\nabla$',
  '•': '\\textbullet{}',
  α: '$\\alpha$',
  β: '$\\beta$',
  γ: '$\\gamma$',
  δ: '$\\delta$',
  ε: '$\\varepsilon$',
  η: '$\\eta$',
  θ: '$\\theta$',
  λ: '$\\lambda$',
  μ: '$\\mu$',
  π: '$\\pi$',
  ρ: '$\\rho$',
  σ: '$\\sigma$',
  ψ: '$\\psi$',
  ω: '$\\omega$',
};

const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** The maximum number of characters of a sentence that contains users' names, and of a word before it may be broken. */
const [longestSentence, longestWord] = [4000, 40];

/**
 * Running text on one line: mathematical letters become formulas, hidden characters are written visibly, characters
 * that pdfTeX cannot print become question marks. No part of the text can be a command.
 */
function text(content: string): string {
  const line = clipMiddle(printable(content).replace(/\s+/g, ' '), longestSentence);
  // no printable line contains these two
  const macrons = line.normalize('NFC').replace(/(\w)\u0304/g, '\u0001$1\u0002');
  let inWord = 0;
  const out = [...macrons].map((c) => {
    inWord = c === ' ' ? 0 : inWord + 1;
    return inWord > 0 && inWord % longestWord === 0 ? `${write(c)}\\allowbreak{}` : write(c);
  });
  return safe(out.join(''));

  function write(c: string): string {
    if (c === '\u0001') return '$\\bar{';
    if (c === '\u0002') return '}$';
    const digit = raised.indexOf(c);
    if (digit !== -1) return `$^{${digit}}$`;
    if (c === '⁻') return '$^{-}$';
    if (c === '⁽') return '$^{(}$';
    if (c === '⁾') return '$^{)}$';
    return characters[c] ?? c;
  }
}

/** The letters of the document's encoding (T1: all of Latin Extended-A but nine); the TeX source is otherwise ASCII. */
function safe(tex: string): string {
  return tex.replace(/[^\n\x20-\x7e\u00c0-\u017f]|[ĦħĸĿŀŉŦŧſ]/gu, '?');
}

function list(items: readonly string[]): string {
  return `\\begin{itemize}\\setlength{\\itemsep}{0pt}\n${items.map((item) => `\\item ${text(item)}`).join('\n')}\n\\end{itemize}`;
}

function notices({ observations }: ExplainedStep): string[] {
  if (observations.length === 0) return [];
  return ['\\subsection*{Observations}', list(observations.map((each) => each.text))];
}

// ---- formulas

/** The approximate width of a formula, in letters: a fraction is as wide as the wider of its parts. */
function widthOf(n: Notation, how: Writing): number {
  const of = (inner: Notation) => widthOf(inner, how);
  const sum = (list: readonly Notation[], gap: number) => list.reduce((total, each) => total + of(each) + gap, 0);
  switch (n.kind) {
    case 'variable': {
      const length = notationText(n, how).length;
      return how.as === 'names' && n.variable.kind === 'derivative' ? length / 2 : length;
    }
    case 'sum':
      return sum(
        n.items.map(({ item }) => item),
        2.5,
      );
    case 'product':
      return sum(n.factors, 1.5);
    case 'fraction':
      return Math.max(of(n.top), of(n.bottom)) + 1;
    case 'power':
      return of(n.base) + 0.7 * of(n.exponent) + 2;
    case 'exponential':
      return 1 + 0.7 * of(n.exponent);
    case 'call':
      return n.name.length + 2 + sum(n.of, 2);
    case 'root':
    case 'absolute':
    case 'floor':
    case 'derivative':
      return of(n.of) + 3;
    case 'overSamples':
      return of(n.of) + 6;
    case 'holds':
      return of(n.left) + of(n.right) + 4;
    case 'cases':
      return Math.max(of(n.yes), of(n.no)) + of(n.left) + of(n.right) + 10;
    default:
      return notationText(n, how).length;
  }
}

function nameOf({ variable, value }: Row): Notation {
  return { kind: 'variable', variable, value };
}

/** A side of an equation on as many lines as it needs; an unbreakable one that is too wide is shrunk. */
function sideLines(n: Notation, how: Writing, room = lineWidth): { tex: string; width: number }[] {
  const terms = notationTexTerms(n, how);
  const widths = n.kind === 'sum' ? n.items.map(({ item }) => widthOf(item, how) + 3) : [widthOf(n, how)];
  const lines: { tex: string; width: number }[] = [];
  terms.forEach((term, i) => {
    const tex = widths[i] <= room ? term : `\\fit{${((0.88 * room) / lineWidth).toFixed(2)}}{${term}}`;
    const width = Math.min(widths[i], room);
    const last = lines.at(-1);
    if (last === undefined || last.width + width > room) lines.push({ tex, width });
    else lines[lines.length - 1] = { tex: `${last.tex} ${tex}`, width: last.width + width };
  });
  return lines;
}

/** The rows of an aligned block for one line of the step. */
function rowLines(row: Row, marked: boolean, shown: Shown, room: number): string[] {
  const sides = sidesOf(row, marked, shown).map(({ notation, how }) => sideLines(notation, how, room));
  const result = showsValue(row, shown.blank) ? numberTex(row.value, shown.digits) : '\\fillin';
  sides.push([{ tex: result, width: 12 }]);
  const out = joined(variableTex(row.variable, marked), sides, room);
  if (row.line.note !== undefined)
    out.push(
      `&\\phantom{=}\\ \\parbox[t]{${((0.9 * room) / lineWidth).toFixed(2)}\\linewidth}{\\raggedright\\footnotesize ${text(row.line.note)}}`,
    );
  return out;
}

/** Puts both sides on one line if they fit. */
function joined(
  name: string,
  sides: readonly (readonly { tex: string; width: number }[])[],
  room = lineWidth,
): string[] {
  const out: string[] = [];
  let used = 0;
  sides.forEach((lines, i) => {
    const [first, ...rest] = lines;
    if (i > 0 && used > 0 && rest.length === 0 && used + first.width + 3 <= room) {
      out[out.length - 1] += ` = ${first.tex}`;
      used += first.width + 3;
      return;
    }
    out.push(`${i === 0 ? name : ''} &= ${first.tex}`);
    for (const line of rest) out.push(`&\\phantom{=}\\ ${line.tex}`);
    // a broken side ends its line
    used = rest.length === 0 ? first.width : 0;
  });
  return out;
}

function align(blocks: readonly (readonly string[])[]): string[] {
  const out: string[] = [];
  let current: string[] = [];
  const flush = () => {
    if (current.length > 0) out.push(`\\begin{align*}\n${safe(current.join(' \\\\\n'))}\n\\end{align*}`);
    current = [];
  };
  for (const block of blocks) {
    if (current.length > 0 && current.length + block.length > blockRows) flush();
    current.push(...block);
  }
  flush();
  return out;
}

// ---- parts

/** Weights and biases before the step, as many as fit on a page. */
function parameters({ parameters: all, digits = 6 }: ExplainedStep): string {
  const maxShown = 6;
  const perLine = digits > 8 ? 3 : maxShown;
  const blocks = all.map(({ name, shape, numbers, variable }) => {
    const columns = shape[1] ?? 1;
    const rows = Math.min(shape[0], maxShown);
    const cells = Array.from({ length: rows }, (_, i) =>
      Array.from({ length: Math.min(columns, maxShown) }, (_, j) => {
        const index = shape.length === 1 ? [i] : [i, j];
        return `${variableTex(variable(index), false)} = ${numberTex(numbers[shape.length === 1 ? i : i * columns + j], digits)}`;
      }),
    );
    const left = numbers.length - cells.flat().length;
    const lines = shape.length === 1 ? [cells.flat()] : cells;
    const shown = lines.flatMap((cellsOfLine) => {
      const chunks: string[] = [];
      for (let i = 0; i < cellsOfLine.length; i += perLine)
        chunks.push(`& ${cellsOfLine.slice(i, i + perLine).join(' \\quad ')}`);
      return chunks;
    });
    return left > 0
      ? [...shown, `& \\text{\\footnotesize … ${left} more of ${text(name)}}`.replace('…', '\\dots')]
      : shown;
  });
  return align(blocks).join('\n\n');
}

function tables({ table }: ExplainedStep, { blank, digits }: Shown): string[] {
  const out: string[] = [];
  const widths = table.columns.map(({ given }, i) =>
    blank && !given ? 12 : 2.5 + Math.max(3, ...table.rows.map(({ values }) => numberText(values[i], digits).length)),
  );
  for (let start = 0; start < table.columns.length; ) {
    let end = start + 1;
    let used = 8 + widths[start];
    while (end < table.columns.length && used + widths[end] <= lineWidth) used += widths[end++];
    const first = start;
    const columns = table.columns.slice(start, end);
    const head = columns.map(({ variable }) => `$${variableTex(variable, false)}$`).join(' & ');
    const rows = table.rows.map(({ number, values }) => {
      const cells = columns.map(({ given }, i) => (blank && !given ? '' : `$${numberTex(values[first + i], digits)}$`));
      return `${number} & ${cells.join(' & ')} \\\\`;
    });
    out.push(
      `\\begin{longtable}{r${columns.map(({ given }) => (blank && !given ? 'p{18mm}' : 'r')).join('')}}\n\\toprule\n${table.rowName} & ${head} \\\\\n\\midrule\n\\endhead\n${rows.join('\n')}\n\\bottomrule\n\\end{longtable}`,
    );
    start = end;
  }
  if (table.leftOut > 0) out.push(`${table.leftOut} more columns do not fit here; the lines below show their numbers.`);
  return out.map(safe);
}

function functionParts(page: FunctionPage, blank: boolean): string[] {
  const { left, right } = page.definition;
  const options = page.options === '' ? '' : ` (${page.options})`;
  const names: Writing = { as: 'names', marked: mixesSamples(right) };
  const definition = joined(variableTex(left, false), [sideLines(notationOf(right), names)]);
  const derivations = page.derivations.map(({ left: of, steps }) =>
    steps.flatMap(({ expression, reason, rules }, i) => {
      const side = sideLines(notationOf(expression), { as: 'names' });
      const lines = joined(i === 0 ? variableTex(of, false) : '', [side]);
      if (reason === '') return lines;
      const shown = rules.map((rule) =>
        [rule.left, rule.right].map((n) => notationTex(n, { as: 'names' })).join(' = '),
      );
      const why = `\\text{\\footnotesize ${text(reason)}${shown.length > 0 ? `: $${shown.join('$; $')}$` : ''}}`;
      const length =
        0.8 * reason.length +
        rules.reduce(
          (sum, rule) => sum + widthOf(rule.left, { as: 'names' }) + widthOf(rule.right, { as: 'names' }),
          0,
        );
      if (side[side.length - 1].width + length < lineWidth - 8) lines[lines.length - 1] += ` \\qquad ${why}`;
      else lines.push(`&\\phantom{=}\\ ${why}`);
      return lines;
    }),
  );
  return [
    `\\subsection*{${text(`${page.name}, ${page.used}${options}`)}}`,
    ...align([definition]),
    ...derivations.flatMap((lines) => align([lines])),
    ...page.remarks.map(text),
    ...(page.plot === undefined ? [] : [plotPicture(page.plot, !blank)]),
  ];
}

// ---- plots

const plotWidth = 220;
const plotHeight = 110;

/** A plot as a picture whose lines are PDF paths, so that pdflatex needs no drawing package. */
function plotPicture({ xLabel, curves, points }: Plot, marks: boolean): string {
  const xs = curves[0].x;
  const [left, right] = [xs[0], xs[xs.length - 1]];
  const [low, high] = curveLimits(curves.flatMap(({ y }) => y));
  const px = (x: number) => (((x - left) / (right - left)) * plotWidth).toFixed(1);
  const py = (y: number) => (((y - low) / (high - low)) * plotHeight).toFixed(1);
  const inside = (y: number) => Number.isFinite(y) && y >= low && y <= high;
  const paths = curves.map(({ x, y, derivative }) => {
    let pen = false;
    const moves = x.map((at, i) => {
      if (!inside(y[i])) {
        pen = false;
        return '';
      }
      const move = `${px(at)} ${py(y[i])} ${pen ? 'l' : 'm'}`;
      pen = true;
      return move;
    });
    return `q 0.9 w ${derivative ? '0.7 0.28 0.06 RG [4 3] 0 d' : '0.11 0.37 0.75 RG'} ${moves.filter((move) => move !== '').join(' ')} S Q`;
  });
  // a line of length 0 with round ends is a dot
  const dots = (marks ? points : [])
    .filter(({ x, y }) => inside(y) && x >= left && x <= right)
    .map(
      ({ x, y, derivative }) =>
        `q 1 J 3.4 w ${derivative ? '0.7 0.28 0.06' : '0.11 0.37 0.75'} RG ${px(x)} ${py(y)} m ${px(x)} ${py(y)} l S Q`,
    );
  const zero = inside(0) ? [`q 0.3 w 0.5 G 0 ${py(0)} m ${plotWidth} ${py(0)} l S Q`] : [];
  const frame = `q 0.4 w 0 0 ${plotWidth} ${plotHeight} re S Q`;
  const labels = [
    ...ticks(left, right).map((x) => `\\put(${px(x)},-4){\\makebox(0,0)[t]{\\scriptsize $${numberTex(x, 3)}$}}`),
    ...ticks(low, high).map((y) => `\\put(-4,${py(y)}){\\makebox(0,0)[r]{\\scriptsize $${numberTex(y, 3)}$}}`),
    `\\put(${plotWidth + 5},0){\\makebox(0,0)[l]{\\scriptsize $${xLabel}$}}`,
  ];
  const which = [...new Set(curves.map(({ of }) => of).filter((of) => of !== undefined))];
  const names = (derivative: boolean) =>
    [...new Set(curves.filter((curve) => curve.derivative === derivative).map(({ label }) => label))].join(', ');
  const caption = `${names(false)} (line), ${names(true)} (dashed)${which.length > 0 ? ` for ${which.join(', ')}` : ''}${marks ? '; dots: the samples of the batch' : ''}.`;
  return safe(
    `\\setlength{\\unitlength}{1bp}\n\\begin{picture}(${plotWidth + 60},${plotHeight + 30})(-40,-20)\n\\put(0,0){\\ifdefined\\pdfliteral\\pdfliteral{${[frame, ...zero, ...paths, ...dots].join(' ')}}\\fi}\n${labels.join('\n')}\n\\end{picture}\n\n{\\footnotesize ${text(caption)}}`,
  );
}
