/** TeX as MathML, in the worker, so that the page's thread does not wait for it. */
import temml from 'temml';

/** Forbids all TeX that affects more than a formula: links, classes, styles, growing macros, sizes beyond a page. */
const bounds = { trust: false, strict: false, maxExpand: 100, maxSize: [20, 100] as [number, number] };

const known = new Map<string, string>();

/** MathML of a formula; its terms can be broken between. The page's policy allows no style attributes, so there are none. */
export function typeset(tex: string | readonly string[]): string {
  const terms = typeof tex === 'string' ? [tex] : tex;
  return terms.map((term, i) => (i === 0 ? one(term) : infix(one(term)))).join('<wbr>');
}

function one(tex: string): string {
  let markup = known.get(tex);
  if (markup === undefined) {
    markup = rendered(tex).replace(/ style="[^"]*"/g, '');
    if (known.size > 5000) known.clear();
    known.set(tex, markup);
  }
  return markup;
}

function rendered(tex: string): string {
  try {
    return temml.renderToString(`\\displaystyle ${tex}`, { throwOnError: true, annotate: false, ...bounds });
  } catch {
    // a symbol that the typesetter does not know is shown as source
    return `<code>${tex.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)}</code>`;
  }
}

/** The sign in front of a term is spaced as between two terms. */
const infix = (markup: string) =>
  markup.replace(/<mo[^>]*>([+−])<\/mo>/, '<mo form="infix" lspace="0.22em" rspace="0.22em">$1</mo>');
