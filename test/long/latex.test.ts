/** The output of `explain --format latex` compiles with pdflatex. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { explanation } from '../../src/explain/explanation.ts';
import { classes, mazur, page, randomProblem } from '../../src/explain/fixtures.ts';
import { renderLatex } from '../../src/explain/render/latex.ts';
import { hostileNames } from '../hostile.ts';

beforeAll(() => {
  if (spawnSync('pdflatex', ['--version']).status !== 0) throw new Error('there is no pdflatex: see CONTRIBUTING.md');
});

/** Files that a malicious document could read, and the text that they would insert. */
const canary = 'CANARYWASREAD';

/**
 * Throws with TeX's error, or if the document reads a file of ours; returns the boxes that are too wide by more than a
 * point.
 */
function compile(tex: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'chainrule-latex-'));
  try {
    writeFileSync(join(folder, 'explained.tex'), tex);
    writeFileSync(join(folder, 'canary.tex'), canary);
    const options = ['-interaction=nonstopmode', '-halt-on-error', '-no-shell-escape', '-recorder', 'explained.tex'];
    const { status } = spawnSync('pdflatex', options, { cwd: folder });
    const log = readFileSync(join(folder, 'explained.log'), 'latin1');
    if (status !== 0) throw new Error(/^!.*(\n.*){6}/m.exec(log)?.[0] ?? log.slice(-2000));
    // the recorder lists every file that was opened
    const opened = readFileSync(join(folder, 'explained.fls'), 'latin1').matchAll(/^(INPUT|OUTPUT) (.*)$/gm);
    const outside = [...opened].filter(
      ([, , file]) => !/^(\.\/)?explained\.\w+$/.test(file) && !/\/(texmf|tex-live|texlive)/.test(file),
    );
    if (outside.length > 0) throw new Error(`files were opened: ${outside.map(([line]) => line).join(', ')}`);
    return [...log.matchAll(/Overfull \\hbox \(([\d.]+)pt too wide\).*/g)]
      .filter(([, width]) => Number(width) > 1)
      .map(([line]) => line);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const unusual = {
  ...classes(
    { loss: 'huber', l1: 0.01, l2: 0.1, clipNorm: 1, optimizer: { name: 'rmsprop', momentum: 0.9, centered: true } },
    [
      { dense: 5, activation: 'mish' },
      { dense: 3, activation: 'elu' },
    ],
  ),
  symbols: {
    'layers.0.weight': 'α_1',
    'layers.0.output': 'net',
    'layers.1.output': 'ŷ',
    target: '重%&_',
    loss: '∞$\\',
  },
};

test.each([
  ['the page', page(), 1],
  ['the textbook example by averaged factors', page({ gradient: 'averagedFactors' }), 1],
  ['Mazur, sequential', mazur({ update: 'sequential' }), 1],
  ['tanh, softmax, cross-entropy, Adam', classes(), 4],
  ['unusual symbols and a long optimizer', unusual, 3],
])('%s compiles, filled in and blank, and no line is too wide', (_name, problem, step) => {
  const explained = explanation(problem, { step });
  for (const blank of [false, true]) expect(compile(renderLatex(explained, { blank }))).toEqual([]);
});

test.each(Array.from({ length: 30 }, (_, seed) => [seed]))('random problem %i compiles', (seed) => {
  const { problem, step } = randomProblem(seed);
  expect(compile(renderLatex(explanation(problem, { step })))).toEqual([]);
});

test('a document that reads a file is detected', () => {
  const tex = renderLatex(explanation(page())).replace('\\begin{document}', '\\begin{document}\\input{canary}');
  expect(() => compile(tex)).toThrow('files were opened: INPUT');
});

/** Three names at a time: the symbols of the page, and the names of its inputs and outputs. */
const triples = hostileNames.map((name, i) => [i, name, hostileNames[(i + 1) % hostileNames.length]] as const);

test.each(triples)('hostile names %i compile, and no file is read', (_i, name, other) => {
  const problem = {
    ...page(),
    symbols: {
      'layers.0.weight': name,
      'layers.0.output': other,
      target: `${name}_1`,
      loss: `√(${other})`,
      'layers.1.sum': `a/${name}`,
    },
    inputNames: [name, other, `${name}${other}`],
    outputNames: [name],
  };
  for (const blank of [false, true]) compile(renderLatex(explanation(problem), { blank }));
});

test('every letter that a document may contain is printed', () => {
  const letters = Array.from({ length: 0x17f - 0xa0 }, (_, i) => String.fromCodePoint(0xa1 + i));
  const problem = { ...page(), inputNames: [letters.join(''), letters.join(' '), 'x'.repeat(100_000)] };
  compile(renderLatex(explanation(problem)));
});
