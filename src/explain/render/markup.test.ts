import { createHash } from 'node:crypto';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { attribute, documentHtml, html, isolated, join, type Markup, nothing } from './markup.ts';

const bad = '"><script>window.__x=1</script>&lt;\u202e\u0000';

describe('a template', () => {
  test('escapes texts in elements and attributes, and leaves markup unchanged', () => {
    const inner = html`<b title="${bad}">${bad}</b>`;
    expect(String(html`<p>${inner}</p>`)).toBe(`<p>${inner}</p>`);
    const { document } = parseHTML(`<body>${inner}</body>`);
    const shown = '"><script>window.__x=1</script>&lt;\\u202e\\x00';
    expect(document.querySelector('b').textContent).toBe(shown);
    expect(document.querySelector('b').getAttribute('title')).toBe(shown);
    expect(document.querySelector('script')).toBeNull();
  });

  test('accepts lists, numbers and optional values', () => {
    expect(String(html`<i>${[html`<b>`, '<']}${1.5}${undefined}${false}${nothing}</i>`)).toBe('<i><b>&lt;1.5</i>');
    expect(String(join(['<', html`<br>`, 2], html`<hr>`))).toBe('&lt;<hr><br><hr>2');
  });

  test('refuses a text where escaping is not sufficient: in a style, in a link, unquoted in a tag', () => {
    const text = 'red' as string;
    expect(() => html`<p style="color: ${text}">`).toThrow('text is not allowed in a style of a page');
    expect(() => html`<a href="${text}">`).toThrow('text is not allowed in a link of a page');
    expect(() => html`<p onclick="${text}">`).toThrow('text is not allowed in a link of a page');
    expect(() => html`<p ${text}>`).toThrow('text is not allowed in a tag of a page');
    expect(() => html`<p class=${text}>`).toThrow('text is not allowed in a tag of a page');
    expect(() => html`<p class='${text}'>`).toThrow('text is not allowed in a tag of a page');
    expect(String(html`<p style="--share:${12.5}%" data-x="${text}">`)).toBe('<p style="--share:12.5%" data-x="red">');
    expect(String(html`<p style="--share:${Number.NaN}%">`)).toBe('<p style="--share:0%">');
  });

  test('refuses a value that is neither text nor number, which an unchecked record may contain', () => {
    for (const value of [{ toString: '<b>' }, () => '<b>', Symbol('b')]) {
      expect(() => html`<p>${value as unknown as string}</p>`).toThrow('is neither a text nor a number');
    }
    // an object that only resembles markup
    expect(() => html`<p>${{ text: '<b>', isEmpty: false } as unknown as Markup}</p>`).toThrow('[object Object]');
  });
});

test('a right-to-left name is isolated, another is not', () => {
  expect(String(isolated('שלום 12'))).toBe('<bdi>שלום 12</bdi>');
  expect(String(isolated('<a>'))).toBe('&lt;a&gt;');
});

test('an attribute without a value is left out', () => {
  expect(String(attribute('class', ''))).toBe('');
  expect(String(attribute('aria-label', bad))).not.toContain('<');
});

test("a document's policy is its first element, forbids scripts and requests, and allows its styles by their digest", () => {
  const page = documentHtml(bad, 'p { color: red }', html`<svg><style>a { fill: red }</style></svg><p>x</p>`);
  expect(page.indexOf('<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy"')).toBeGreaterThan(0);
  const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)!;
  const digest = (style: string) => `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
  expect(policy).toBe(
    `default-src 'none'; style-src 'unsafe-inline'; style-src-elem ${digest('p { color: red }')} ${digest('a { fill: red }')}; style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'none'`,
  );
  expect(page).not.toContain('<script');
});
