/** The map as a file of SVG. Names are users' text: they are escaped. */
import { type Camera, type Points, type Size, toScreen } from './camera.ts';
import { markOf, shapePath } from './palette.ts';
import { inksOf, namedNodes, radiusOf, type Scene } from './scene.ts';

const escaped = (text: string) =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no place for them
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
    .replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
const round = (value: number) => Math.round(value * 10) / 10;

export function pictureSvg(scene: Scene, { x, y }: Points, camera: Camera, size: Size): string {
  const { graph, groups, isDark } = scene;
  const inks = inksOf(isDark);
  const radius = radiusOf(graph.names.length);
  const place = (node: number) => toScreen(camera, size, x[node], y[node]).map(round);
  let lines = '';
  for (let i = 0; i < graph.edges.length; i += 2) {
    lines += `M${place(graph.edges[i]).join(' ')}L${place(graph.edges[i + 1]).join(' ')}`;
  }
  const nodes = graph.names.map((name, node) => {
    const group = groups.of[node];
    const title = `${name}${group < 0 ? '' : ` (${groups.names[group]})`}`;
    return `<use href="#m${group + 1}" x="${place(node)[0]}" y="${place(node)[1]}"><title>${escaped(title)}</title></use>`;
  });
  const marks = Array.from({ length: groups.names.length + 1 }, (_, i) => {
    const { color, shape } = markOf(i - 1, isDark);
    return `<path id="m${i}" d="${shapePath(shape, radius)}" fill="${color}" fill-rule="evenodd" stroke="${inks.page}"/>`;
  });
  const names = namedNodes(graph).map((node) => {
    const [px, py] = place(node);
    return `<text x="${px + radius + 4}" y="${py + 4}">${escaped(graph.names[node])}</text>`;
  });
  const legend = groups.names.map(
    (name, i) =>
      `<use href="#m${i + 1}" x="14" y="${size.height + 16 + 20 * i}"/><text x="28" y="${size.height + 20 + 20 * i}">${escaped(name)}: ${groups.counts[i]}</text>`,
  );
  const height = size.height + (legend.length > 0 ? 20 * legend.length + 10 : 0);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${height}" viewBox="0 0 ${size.width} ${height}" font-family="sans-serif" font-size="12" fill="${inks.text}">`,
    `<defs>${marks.join('')}</defs><rect width="${size.width}" height="${height}" fill="${inks.page}"/>`,
    `<path d="${lines}" fill="none" stroke="${inks.edge}" stroke-opacity="${graph.edges.length > 2000 ? 0.12 : 0.28}"/>`,
    ...nodes,
    ...names,
    ...legend,
    '</svg>\n',
  ].join('\n');
}
