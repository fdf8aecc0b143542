/**
 * Links that open the examples of the pages in the lab. They hold the whole state, so they work on any host, and they are made
 * from the examples themselves: a program is run, and the flags of a command are read as the command reads them.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commandLinks } from './commands.mjs';
import { jsonLinks } from './json-blocks.mjs';
import { programLinks } from './programs.mjs';
import { labStates } from './states.mjs';

/** The pages with examples, from the project's root. */
export const pagesWithExamples = (root) => [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  'examples/README.md',
];

/** The blocks of code in a page, by line. */
const blocksOf = (text) =>
  [...text.matchAll(/^```(ts|json|sh)\n([\s\S]*?)^```$/gm)].map(({ 1: language, 2: body, index }) => ({
    language,
    text: body,
    line: text.slice(0, index).split('\n').length,
  }));

/** Highlighting changes the spaces of a block, and nothing else. */
const keyOf = (text, language) => `${language} ${text.replace(/\s+/g, ' ').trim()}`;

/**
 * `of(text, language)`: the links of a block, each a fragment of an address and a label. `blocks`: all examples, each with its
 * links, or the reason why it has none.
 */
export async function exampleLinks(root) {
  const dist = (file) => import(pathToFileURL(join(root, 'dist', file)).href);
  const states = await labStates(root, dist);
  const blocks = [];
  for (const page of pagesWithExamples(root)) {
    const folder = mkdtempSync(join(tmpdir(), 'chainrule-site-'));
    try {
      cpSync(join(root, 'examples'), folder, { recursive: true });
      const makers = {
        ts: await programLinks({ root, dist, states, folder }),
        json: await jsonLinks({ dist, states, folder }),
        sh: await commandLinks({ dist, states, folder }),
      };
      for (const block of blocksOf(readFileSync(join(root, page), 'utf8'))) {
        blocks.push({ page, ...block, ...(await linksOf(makers[block.language], block, page)) });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const docstrings = await docstringLinks({ root, dist, states });
  const made = new Map([...docstrings, ...blocks].map(({ text, language, links }) => [keyOf(text, language), links]));
  const placed = new Set();
  return {
    blocks,
    of(text, language) {
      placed.add(keyOf(text, language));
      return made.get(keyOf(text, language)) ?? [];
    },
    /** Examples with links that no page has shown. */
    missing: () => blocks.filter(({ text, language, links }) => links.length > 0 && !placed.has(keyOf(text, language))),
  };
}

/** The examples of docstrings that train a network or embed a graph; the others call one function, and show nothing of the lab. */
async function docstringLinks({ root, dist, states }) {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  const calls = sources.flatMap((name) =>
    [...readFileSync(join(root, 'src', name), 'utf8').matchAll(/^ \* @example (await (?:train|embed)\(.*)$/gm)].map(
      ([, call]) => ({ page: `src/${name}`, line: 0, language: 'ts', text: call }),
    ),
  );
  const folder = mkdtempSync(join(tmpdir(), 'chainrule-site-'));
  try {
    const make = await programLinks({ root, dist, states, folder });
    const made = [];
    for (const block of calls) {
      const words = [...new Set(block.text.match(/\b[a-zA-Z]\w*(?=[(,\s}])/g))].filter((word) => word !== 'await');
      const program = `import * as main from 'chainrule';
import * as graphs from 'chainrule/graphs';
const { ${words.join(', ')} } = { ...main, ...graphs };
${block.text}`;
      made.push({ ...block, ...(await linksOf(make, { ...block, text: program }, block.page)) });
    }
    return made;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function linksOf(make, { text, line }, page) {
  try {
    const found = await make(text);
    if (Array.isArray(found)) return { links: found, reason: 'it works on nothing that the lab shows' };
    const { fragment, reason } = found;
    return { links: fragment === undefined ? [] : [{ fragment, label: 'Open in the lab' }], reason };
  } catch (error) {
    throw new Error(`the example at ${page}:${line} cannot be linked: ${error.message}`, { cause: error });
  }
}
