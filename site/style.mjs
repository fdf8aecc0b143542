/** The style of the pages: the lab's tokens and fonts, and site.css. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(new URL('site.css', import.meta.url));
const tokens = fileURLToPath(new URL('../lab/src/style/tokens.css', import.meta.url));

/** The style sheet; `lab`: the folder of the built lab, whose files of fonts the pages share. */
export function styleSheet(lab) {
  const assets = readdirSync(join(lab, 'assets'));
  const face = (pattern, style) => {
    const file = assets.find((name) => pattern.test(name));
    if (file === undefined) return '';
    return `@font-face {
  font-family: "Source Serif 4 Variable";
  font-style: ${style};
  font-weight: 200 900;
  font-display: swap;
  src: url("../../assets/${file}") format("woff2");
}
`;
  };
  const faces =
    face(/^source-serif-4-latin-wght-normal-.*\.woff2$/, 'normal') +
    face(/^source-serif-4-latin-wght-italic-.*\.woff2$/, 'italic');
  // the font of formulas is the lab's: these pages have none
  const colours = readFileSync(tokens, 'utf8').replace(/@font-face\s*\{[^}]*\}/g, '');
  return faces + colours + readFileSync(own, 'utf8');
}
