/**
 * HTML and SVG as text that cannot be injected into: a template escapes whatever is put into it, unless it is markup made
 * by a template. So forgetting to escape is impossible, and a text that is put where escaping does not help is refused.
 */
import { createHash } from 'node:crypto';
import { fail } from '../../base/errors.ts';
import { printable } from '../../base/printable.ts';

/** A piece of a page. Only this file makes one. */
export class Markup {
  /** Keeps a text from passing for markup in the compiler's eyes, too. */
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }

  /** @internal */
  static of(text: string): Markup {
    return new Markup(text);
  }

  get isEmpty(): boolean {
    return this.#text === '';
  }
}

export const nothing = Markup.of('');

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** A text for the inside of an element or of an attribute in double quotes; hidden characters are written visibly. */
const escaped = (text: string): string => printable(text).replace(/[&<>"]/g, (character) => entities[character]);

/** What a template takes; undefined and false are left out. */
export type Content = Markup | string | number | false | undefined | readonly (Markup | string)[];

/** The position of a value in a template. */
type Place = 'text' | 'attribute' | 'style' | 'link' | 'tag';

/** Where each value of a template stands, by the markup before it. */
function placesOf(parts: readonly string[]): Place[] {
  let isInTag = false;
  let attribute: string | undefined;
  return parts.slice(0, -1).map((part) => {
    for (let i = 0; i < part.length; i++) {
      const character = part[i];
      if (attribute !== undefined) {
        if (character === '"') attribute = undefined;
      } else if (!isInTag) isInTag = character === '<';
      else if (character === '>') isInTag = false;
      else if (character === '"') attribute = /([\w:-]+)=$/.exec(part.slice(0, i))?.[1] ?? '';
    }
    if (attribute === undefined) return isInTag ? 'tag' : 'text';
    if (attribute === 'style') return 'style';
    return /^(href|src|srcset|action|formaction|poster|data|xlink:href|on.*)$/i.test(attribute) ? 'link' : 'attribute';
  });
}

const places = new WeakMap<TemplateStringsArray, readonly Place[]>();

function write(value: unknown, place: Place): string {
  if (value === undefined || value === null || value === false) return '';
  if (value instanceof Markup) return String(value);
  // within a tag, a style or an address a text could become more than text, however it is escaped
  if (place === 'link' || place === 'tag' || place === 'style') {
    if (typeof value === 'number') return String(Number.isFinite(value) ? value : 0);
    throw new TypeError(`a text has no place in a ${place} of a page`);
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return escaped(`${value}`);
  if (Array.isArray(value)) return value.map((each) => write(each, place)).join('');
  // of a record that was never checked
  return fail({
    what: `${Object.prototype.toString.call(value)} is neither a text nor a number`,
    where: 'a page',
    fix: 'Make the page from a record that chainrule wrote.',
  });
}

/**
 * A template of HTML or SVG: html`<p title="${title}">${text}</p>`. Texts and numbers are escaped; markup stays; of a list
 * every item. In a style, an address or a bare tag only numbers and markup may stand.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let found = places.get(parts);
  if (found === undefined) {
    found = placesOf(parts);
    places.set(parts, found);
  }
  let text = parts[0];
  values.forEach((value, i) => {
    text += write(value, found[i]) + parts[i + 1];
  });
  return Markup.of(text);
}

/** Pieces with something between them. */
export function join(pieces: readonly Content[], between: string | Markup = ''): Markup {
  return Markup.of(
    pieces.map((piece) => write(piece, 'text')).join(between instanceof Markup ? String(between) : escaped(between)),
  );
}

/** An attribute with a leading space; empty if there is no value. */
export const attribute = (name: 'class' | 'role' | 'aria-label', value: string | undefined): Markup =>
  value === undefined || value === '' ? nothing : Markup.of(` ${name}="${escaped(value)}"`);

/** Strong letters of scripts that are written from right to left: Hebrew, Arabic, Syriac and others. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A name within a sentence: one that is written from right to left does not reorder what stands around it. */
export const isolated = (name: string): Markup =>
  rightToLeft.test(name) ? Markup.of(`<bdi>${escaped(name)}</bdi>`) : Markup.of(escaped(name));

/**
 * Markup that a library made: an SVG that linkedom serialized, MathML of temml. The library escapes; what it is given is
 * without hidden characters (`printable`).
 */
export const madeBy = (_library: 'linkedom' | 'temml', text: string): Markup => Markup.of(text);

/** A library's SVG with attributes in front of its own. */
export const withAttributes = (svg: Markup, attributes: Markup): Markup =>
  Markup.of(String(svg).replace('<svg', () => `<svg${attributes}`));

// ---- a whole page

/** The digest of a style or a script, as a policy names it. */
const digestOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * Data for a page's script: JSON in an element that browsers do not run. No text in it can end the element.
 * @example dataHtml('map-data', { x: [0, 1] })
 */
export const dataHtml = (id: 'map-data', value: unknown): Markup =>
  Markup.of(
    `<script type="application/json" id="${id}">${JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}</script>`,
  );

/**
 * Allows the page its own style, the script of its map if it has one, and nothing else: no other script, no request, no form, no
 * frame. Style elements are allowed by
 * their digest. Style attributes cannot be: a bar is as long as its share, a key has its line's colour; all they can do
 * is change how their element looks, as nothing may be fetched. `style-src` is for browsers that know no finer directive.
 */
function policyOf(styles: readonly string[], script: string | undefined): string {
  const digests = [...new Set(styles.map(digestOf))].join(' ');
  const allowed = script === undefined ? '' : `script-src ${digestOf(script)}; `;
  return `default-src 'none'; ${allowed}style-src 'unsafe-inline'; style-src-elem ${digests}; style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'none'`;
}

/** A document that needs nothing else. `style` and `script` are texts of our own; without a script the page runs nothing. */
export function documentHtml(title: string, style: string, body: Markup, script?: string): string {
  const inner = String(body);
  const styles = [style, ...Array.from(inner.matchAll(/<style>([^<]*)<\/style>/g), ([, each]) => each)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(styles, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body><main>
${inner}
</main>${script === undefined ? '' : `<script>${script}</script>`}</body>
</html>
`;
}
