/** What TypeDoc's HTML lacks for keyboards and screen readers: landmarks, an outline of headings, tables that can be scrolled. */
import { DefaultTheme } from 'typedoc';

/**
 * TypeDoc's theme, with a navigation in which nothing that opens a list is also a link: the page of a module is the first entry of
 * its list. Long names of modules break after a slash.
 */
export class Theme extends DefaultTheme {
  buildNavigation(project) {
    return super.buildNavigation(project).map(withoutNestedLinks);
  }
}

function withoutNestedLinks(element) {
  const { children, path, kind, icon, ...rest } = element;
  const text = element.text.replaceAll('/', '/\u200b');
  if (children === undefined || children.length === 0) return { ...element, text };
  const below = children.map(withoutNestedLinks);
  if (path === undefined) return { ...element, text, children: below };
  return { ...rest, text, children: [{ text: 'Overview', path, kind, icon }, ...below] };
}

export function accessible(html) {
  return withOutline(
    html
      // landmarks with names for screen readers
      .replace(
        /<div class="col-content">([\s\S]*?)<\/div>(\s*)<div class="col-sidebar">/,
        '<main class="col-content">$1</main>$2<div class="col-sidebar" role="complementary" aria-label="This page and the site">',
      )
      .replace('<nav id="tsd-sidebar-links"', '<nav id="tsd-sidebar-links" aria-label="Links"')
      // a heading that opens and closes a section is no place for a link
      .replace(/<summary[\s\S]*?<\/summary>/g, (summary) =>
        summary.replace(/<a href="#[^"]*" aria-label="Permalink"[\s\S]*?<\/a>/g, ''),
      )
      .replace(/<table>[\s\S]*?<\/table>/g, '<div class="wide">$&</div>'),
  );
}

/** Each heading gets the level after that of the heading it belongs to. Its element, and so its style, stays. */
function withOutline(html) {
  const open = [];
  return html.replace(/<h([1-6])(?=[\s>])/g, (tag, digit) => {
    const own = Number(digit);
    while (open.length > 0 && open.at(-1) >= own) open.pop();
    open.push(own);
    return open.length === own ? tag : `${tag} aria-level="${open.length}"`;
  });
}

/** For the page's script: a table or a program that is wider than the page can be reached with the keyboard, and scrolled. */
export const wideParts = `const reachable = () => {
  for (const each of document.querySelectorAll('.wide, pre')) {
    const isWide = each.scrollWidth > each.clientWidth;
    const wanted = { tabindex: '0', role: 'group', 'aria-label': each.tagName === 'PRE' ? 'Code' : 'Table' };
    for (const name in wanted) isWide ? each.setAttribute(name, wanted[name]) : each.removeAttribute(name);
  }
};
addEventListener('load', reachable);
addEventListener('resize', reachable);
`;
