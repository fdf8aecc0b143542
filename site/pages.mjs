/**
 * Makes TypeDoc's pages fit the lab: no inline scripts and styles, which the lab's content security policy forbids; links to the
 * lab; no links to files that are not served. And the lab's page gets a link to them.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative, sep } from 'node:path';
import { accessible, wideParts } from './accessible.mjs';
import { exampleLinks } from './examples.mjs';

/** What the inline script of each page does, the chosen theme is set before the first picture; and wide parts can be scrolled. */
const theme = `document.documentElement.dataset.theme = localStorage.getItem('tsd-theme') || 'os';
// a newcomer sees the guides
if (!localStorage.getItem('tsd-accordion-Guides')) localStorage.setItem('tsd-accordion-Guides', 'true');
addEventListener('DOMContentLoaded', () => window.app?.showPage());
${wideParts}`;

/** TypeDoc's script writes rules into a style element, which the policy forbids; a style sheet made by a script is allowed. */
const styleElement = 'document.head.appendChild(document.createElement("style"))';
const madeSheet =
  '(()=>{let s=new CSSStyleSheet,t="";document.adoptedStyleSheets.push(s);return{dataset:{},get innerHTML(){return t},set innerHTML(r){t=r;s.replaceSync(r)}}})()';

/** The endings of files that the lab's server serves; the rest of what TypeDoc copies is of no use to readers. */
const served = new Set(['.html', '.js', '.css', '.json', '.svg', '.png', '.csv', '.tsv']);

export async function finishPages({ root, lab, out }) {
  const files = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name));
  for (const file of files) if (!served.has(extname(file))) rmSync(file);
  mkdirSync(join(out, 'assets'), { recursive: true });
  writeFileSync(join(out, 'assets/theme.js'), theme);
  const script = join(out, 'assets/main.js');
  const code = readFileSync(script, 'utf8');
  if (!code.includes(styleElement)) throw new Error('TypeDoc has another script: look for its style elements again');
  writeFileSync(
    script,
    code.replaceAll(styleElement, () => madeSheet),
  );
  const examples = await exampleLinks(root);
  let [pages, links, bytes] = [0, 0, 0];
  for (const file of files.filter((each) => each.endsWith('.html'))) {
    const up = relative(dirname(file), out).split(sep).join('/') || '.';
    const html = readFileSync(file, 'utf8');
    const page = finished(html, { up, out, file, examples });
    writeFileSync(file, page.html);
    pages++;
    links += page.links;
  }
  for (const file of files) if (existsSync(file)) bytes += statSync(file).size;
  linkFromLab(lab);
  for (const { page, line } of examples.missing()) throw new Error(`no page shows the example at ${page}:${line}`);
  const linked = examples.blocks.filter((each) => each.links.length > 0);
  const without = examples.blocks.filter((each) => each.links.length === 0);
  return { pages, links, bytes, examples: `${linked.length} of ${examples.blocks.length} examples`, without };
}

/** A block of code, and its language. */
const block = /<pre>([\s\S]*?)<\/pre>/g;
const languageOf = (inner) => /<code class="(\w+)"/.exec(inner)?.[1];

function finished(html, { up, out, file, examples }) {
  let links = 0;
  const start = join(out, 'index.html');
  const text = accessible(html)
    .replace(/<script>document\.documentElement[\s\S]*?<\/script>/, `<script src="${up}/assets/theme.js"></script>`)
    // the start page's own title is that of the README
    .replace(/<div class="tsd-page-title">\s*<h1>chainrule<\/h1>\s*<\/div>/, (title) => (file === start ? '' : title))
    // a picture of a page is small on a phone: it opens alone
    .replace(/<img src="([^"]+\.png)"[^>]*>/g, '<a href="$1">$&</a>')
    .replaceAll(' style="text-align:right"', ' class="right"')
    .replaceAll(' style="text-align:left"', '')
    .replaceAll(' style="text-align:center"', ' class="center"')
    .replaceAll('href="lab:"', `href="${up}/../index.html"`)
    // a link to a source that is not part of the pages stays as text
    .replace(/<a href="([^"#:]+)"[^>]*>([\s\S]*?)<\/a>/g, (whole, address, inner) =>
      existsSync(join(dirname(file), decodeURI(address))) ? whole : inner,
    )
    .replace(block, (whole, inner) => {
      const found = examples.of(plainText(inner), languageOf(inner));
      if (found.length === 0) return whole;
      links += found.length;
      const items = found.map(({ fragment, label }) => `<a href="${up}/../index.html${fragment}">${label}</a>`);
      return `${whole}<p class="in-lab">${items.join(' ')}</p>`;
    });
  const inline = /<script>|<style| on\w+="| style="/.exec(text);
  if (inline !== null) {
    const around = text.slice(Math.max(0, inline.index - 80), inline.index + 160);
    throw new Error(`${relative(out, file)} has inline script or style, which the lab's policy forbids: ${around}`);
  }
  return { html: text, links };
}

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };

/** The text of highlighted code: without its spans and its button, entities decoded. */
const plainText = (inner) =>
  inner
    .replace(/<button[\s\S]*?<\/button>/g, '')
    .replace(/<br\s*\/?>/g, '\n')
    .replace(/<[^>]+>/g, '')
    .replace(/&(#?\w+);/g, (whole, name) => entities[name] ?? whole);

/** The lab shows its link to these pages only if they were made. */
function linkFromLab(lab) {
  const path = join(lab, 'index.html');
  const html = readFileSync(path, 'utf8');
  if (html.includes('rel="help"')) return;
  writeFileSync(path, html.replace('</head>', '  <link rel="help" href="./docs/index.html" />\n  </head>'));
}
