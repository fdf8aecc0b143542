/**
 * HTML and SVG that are safe against injection: a template escapes every value, unless the value is markup made by a
 * template. So nobody can forget to escape, and a text is refused where escaping is not sufficient.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { fail } from '../../base/errors.ts';
import { printable } from '../../base/printable.ts';

/** A fragment of a page. Only this file creates one. */
export class Markup {
  /** Prevents the compiler from accepting a text as markup. */
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

/** The values that a template accepts; undefined and false are left out. */
export type Content = Markup | string | number | false | undefined | readonly (Markup | string)[];

/** The position of a value in a template. */
type Place = 'text' | 'attribute' | 'style' | 'link' | 'tag';

/** The position of each value of a template, determined by the markup before it. */
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
  // inside a tag, a style or a link, even an escaped text could have an effect
  if (place === 'link' || place === 'tag' || place === 'style') {
    if (typeof value === 'number') return String(Number.isFinite(value) ? value : 0);
    throw new TypeError(`text is not allowed in a ${place} of a page`);
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return escaped(`${value}`);
  if (Array.isArray(value)) return value.map((each) => write(each, place)).join('');
  // from an unchecked record
  return fail({
    what: `${Object.prototype.toString.call(value)} is neither a text nor a number`,
    where: 'a page',
    fix: 'Make the page from a record that chainrule wrote.',
  });
}

/**
 * A template of HTML or SVG: html`<p title="${title}">${text}</p>`. It escapes texts and numbers, keeps markup, and
 * does so for every item of a list. A style, a link or an unquoted attribute accepts only numbers and markup.
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

/** Fragments with a separator between them. */
export function join(pieces: readonly Content[], between: string | Markup = ''): Markup {
  return Markup.of(
    pieces.map((piece) => write(piece, 'text')).join(between instanceof Markup ? String(between) : escaped(between)),
  );
}

/** An attribute with a leading space; empty if there is no value. */
export const attribute = (name: 'class' | 'role' | 'aria-label', value: string | undefined): Markup =>
  value === undefined || value === '' ? nothing : Markup.of(` ${name}="${escaped(value)}"`);

/** Strong letters of right-to-left scripts: Hebrew, Arabic, Syriac and others. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A name within a sentence: a right-to-left name does not reorder its surroundings. */
export const isolated = (name: string): Markup =>
  rightToLeft.test(name) ? Markup.of(`<bdi>${escaped(name)}</bdi>`) : Markup.of(escaped(name));

/**
 * Markup from a library: an SVG that linkedom serialized, MathML from temml. The library escapes; its inputs have no
 * hidden characters (`printable`).
 */
export const madeBy = (_library: 'linkedom' | 'temml', text: string): Markup => Markup.of(text);

/** A library's SVG with attributes in front of its own. */
export const withAttributes = (svg: Markup, attributes: Markup): Markup =>
  Markup.of(String(svg).replace('<svg', () => `<svg${attributes}`));

// ---- a complete page

/** The digest of a style or a script, as a policy names it. */
const digestOf = (text: string) => `'sha256-${btoa(String.fromCharCode(...sha256(new TextEncoder().encode(text))))}'`;

/**
 * Data for a page's script: JSON in an element that browsers do not run. No text in it can end the element.
 * Example: `dataHtml('map-data', { x: [0, 1] })`.
 */
export const dataHtml = (id: 'map-data', value: unknown): Markup =>
  Markup.of(
    `<script type="application/json" id="${id}">${JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}</script>`,
  );

/**
 * Allows the page its own styles, the script of its map if it has one, and nothing else: no other script, no request,
 * no form, no frame. Style elements are allowed by their digest. Style attributes are all allowed, because their values
 * vary (the length of a bar, the colour of a key); without requests they can only change the appearance of their
 * element. `style-src` is for browsers without the finer directives.
 */
function policyOf(styles: readonly string[], script: string | undefined): string {
  const digests = [...new Set(styles.map(digestOf))].join(' ');
  const allowed = script === undefined ? '' : `script-src ${digestOf(script)}; `;
  return `default-src 'none'; ${allowed}style-src 'unsafe-inline'; style-src-elem ${digests}; style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'none'`;
}

/** A self-contained document. `style` and `script` are texts of our own; without a script the page runs nothing. */
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
