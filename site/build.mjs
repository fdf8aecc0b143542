/**
 * Makes the pages of the guides and of the API beside the built lab: dist/lab/docs, or `docs` in the folder that is given. Run it
 * with `npm run site`, after `npm run build`. TypeDoc reads the types, the docstrings and the Markdown; pages.mjs then makes its pages fit the lab's content
 * security policy, and adds the links that open an example in the lab.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, Converter, KindRouter, ReflectionKind } from 'typedoc';
import { Theme } from './accessible.mjs';
import { finishPages } from './pages.mjs';
import { styleSheet } from './style.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const lab = resolve(process.argv[2] ?? join(root, 'dist/lab'));
const out = join(lab, 'docs');
if (!existsSync(join(lab, 'index.html'))) {
  console.error('The lab is not built: run "npm run build" first.');
  process.exit(2);
}

/** The package's entries with the sources that they come from: `chainrule/graphs` and `src/graphs/index.ts`. */
function entries() {
  const { exports: exported } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const found = new Map();
  for (const [name, entry] of Object.entries(exported)) {
    if (typeof entry === 'string') continue;
    const source = entry.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts');
    const names = source.includes('*')
      ? readdirSync(join(root, source.split('*')[0]), { withFileTypes: true })
          .filter((each) => each.isDirectory())
          .map((each) => each.name)
      : [''];
    for (const each of names) {
      const path = source.replace('*', each);
      if (existsSync(join(root, path))) found.set(path, `chainrule${name.slice(1).replace('*', each)}`);
    }
  }
  return found;
}

/** The guides in the order of the navigation, and what a reader of the sources looks up. */
const groups = {
  Guides: [
    'docs/how-to.md',
    'docs/lab.md',
    'docs/understand-a-step.md',
    'docs/tables.md',
    'docs/embeddings.md',
    'docs/library.md',
    'docs/experiment-file.md',
    'docs/models-in.md',
    'docs/own-recipes.md',
    'docs/performance.md',
    'docs/benchmarks.md',
    'examples/README.md',
  ],
  Project: ['CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  Decisions: readdirSync(join(root, 'docs/decisions')).map((name) => `docs/decisions/${name}`),
};
// a guide that is not in the list comes after it
const known = new Set(groups.Guides);
groups.Guides.push(
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .filter((path) => !known.has(path)),
);
const documents = Object.values(groups).flat();

/** Addresses that stay when a title changes: `guides/tables.html`. */
class Router extends KindRouter {
  getIdealBaseName(reflection) {
    if (reflection.isDocument?.()) return `guides/${reflection.address}`;
    return super.getIdealBaseName(reflection);
  }
}

const started = performance.now();
const modules = entries();
const app = await Application.bootstrap({
  name: 'chainrule',
  entryPoints: [...modules.keys()].map((path) => join(root, path)),
  basePath: root,
  tsconfig: join(root, 'tsconfig.build.json'),
  readme: join(root, 'README.md'),
  projectDocuments: documents.map((path) => join(root, path)),
  out,
  router: 'chainrule',
  theme: 'chainrule',
  // the compiler of the project itself checks the types
  skipErrorChecking: true,
  excludeInternal: true,
  excludePrivate: true,
  disableSources: true,
  disableGit: true,
  hideGenerator: true,
  favicon: join(root, 'lab/public/icon.svg'),
  visibilityFilters: {},
  searchInDocuments: true,
  githubPages: false,
  sort: ['documents-first', 'source-order'],
  sortEntryPoints: false,
  categorizeByGroup: false,
  groupOrder: ['Guides', 'Modules', 'Functions', 'Classes', 'Interfaces', 'Variables', '*', 'Project', 'Decisions'],
  navigation: { includeCategories: false, includeGroups: true, includeFolders: false },
  navigationLinks: { 'Open the lab': 'lab:' },
  lightHighlightTheme: 'github-light-high-contrast',
  darkHighlightTheme: 'github-dark-high-contrast',
  highlightLanguages: ['ts', 'tsx', 'js', 'sh', 'json', 'html', 'py', 'nginx', 'http', 'csv'],
  ignoredHighlightLanguages: ['text', 'csv', 'nginx'],
  // types that only signatures mention are not exported
  validation: { notExported: false, invalidLink: true, invalidPath: false },
  logLevel: 'Warn',
});
app.renderer.defineRouter('chainrule', Router);
app.renderer.defineTheme('chainrule', Theme);

app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
  const text = document.content.map((part) => part.text).join('');
  const path = documents.find((each) => sameText(join(root, each), text)) ?? document.name;
  const group = Object.keys(groups).find((name) => groups[name].includes(path)) ?? 'Guides';
  document.frontmatter.group = group;
  // the search finds the guides to a topic among its many properties, below a function of that name
  if (group === 'Guides') document.relevanceBoost = 16;
  document.address =
    path === 'examples/README.md' ? 'examples' : path.replace(/^.*\//, '').replace(/\.md$/, '').toLowerCase();
  const [, title] = /^# (?:\d+\.? )?(.+)$/m.exec(text) ?? [];
  const number = group === 'Decisions' ? `${/\d+/.exec(path)[0].replace(/^0+/, '')}. ` : '';
  if (title !== undefined) document.name = number + title.replaceAll('`', '');
});
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
    for (const [path, name] of modules) {
      if (path.replace(/(\/index)?\.ts$/, '') === module.name) module.name = name;
    }
  }
});

const texts = new Map();
function sameText(path, text) {
  if (!texts.has(path)) texts.set(path, readFileSync(path, 'utf8').replaceAll('\r\n', '\n').trim());
  return texts.get(path).slice(0, 200) === text.trim().slice(0, 200);
}

const project = await app.convert();
if (project === undefined) process.exit(1);
const style = join(root, 'site/.custom.css');
writeFileSync(style, styleSheet(lab));
app.options.setValue('customCss', style);
await app.generateDocs(project, out);
const { pages, links, bytes, examples, without } = await finishPages({ root, lab, out });
if (app.logger.hasErrors()) process.exit(1);
for (const { page, line, reason } of without) console.log(`no link for ${page}:${line}: ${reason}`);
console.log(
  `${out}: ${pages} pages, ${links} links into the lab from ${examples}, ${(bytes / 1e6).toFixed(1)} MB, in ${((performance.now() - started) / 1000).toFixed(0)} s`,
);
