import { createHash } from 'node:crypto';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { renderEmbedding } from './page.ts';
import type { EmbeddingRecord } from './record.ts';

const hostile = '</script><script>alert(1)</script>\u202e';

const record: EmbeddingRecord = {
  name: 'edges.csv',
  method: 'node2vec',
  options: { dimensions: 8, walkLength: 80 },
  seed: 1,
  threads: 2,
  dimensions: 8,
  graph: { nodes: 3, edges: 1234, isDirected: false, isWeighted: true },
  seconds: { reading: 0.5, training: 2 },
  tokens: 3000,
  progress: [
    { done: 0, loss: 4 },
    { done: 1, loss: 3 },
  ],
  figures: {
    map: {
      kind: 'PCA',
      ids: ['a', 'b', hostile],
      x: [0, 10, 5],
      y: [-1, 1, 4],
      groups: [0, 1, 1],
      names: ['one', hostile],
      groupedBy: 'label',
      near: [[1], [0], [1]],
    },
    norms: [
      [1, 0.5],
      [40, 2],
    ],
    neighbors: [{ id: 'a', degree: 5, neighbors: [{ id: hostile, cosine: 0.912345 }] }],
  },
  scores: [
    {
      title: 'Node classification, micro F1',
      caption: 'Mean of 10 shuffles.',
      columns: ['10 %', '50 %'],
      rows: [
        { name: 'node2vec', isOwn: true, values: [33.1, undefined] },
        { name: 'random vectors', isOwn: false, values: [16, 17] },
      ],
    },
  ],
  notes: [],
  warnings: ['Two nodes have no edges.'],
  versions: { chainrule: '0.1.0' },
  command: 'chainrule embed edges.csv',
};

describe('the page of an embedding', () => {
  const page = renderEmbedding(record);
  const { document } = parseHTML(page);
  const script = /<script>([\s\S]*)<\/script><\/body>/.exec(page)![1]!;

  test('allows its own script by the digest, and nothing else', () => {
    const policy = document.querySelector('meta[http-equiv]')!.getAttribute('content')!;
    const digest = createHash('sha256').update(script).digest('base64');
    expect(policy).toContain(`script-src 'sha256-${digest}';`);
    expect(policy).toContain("default-src 'none'");
  });

  test("names cannot end the data's element, and hidden characters are visible", () => {
    expect(page.match(/<script/g)).toHaveLength(2);
    const data = JSON.parse(document.querySelector('#map-data')!.textContent!);
    expect(data.ids[2]).toContain('</script><script>alert(1)</script>');
    expect(data.ids[2]).not.toContain('\u202e');
  });

  test('places keep equal units in both directions, with y upwards', () => {
    const { x, y, size } = JSON.parse(document.querySelector('#map-data')!.textContent!);
    expect(x).toEqual([0, 10_000, 5_000]);
    expect(y).toEqual([5_000, 3_000, 0]);
    expect(size).toEqual([10_000, 5_000]);
  });

  test('shows the numbers of the run, a dash for a missing score, and the best of each column in bold', () => {
    const text = document.body.textContent!;
    expect(text).toContain('1,234');
    expect(text).toContain('1,500tokens a second, of 3,000');
    expect(text).toContain('0.912');
    const rows = [...document.querySelectorAll('table.results tbody tr')].map((row) =>
      [...row.querySelectorAll('td')].map((cell) => `${cell.textContent}${cell.className === 'best' ? '*' : ''}`),
    );
    expect(rows).toEqual([
      ['33.1*', '–'],
      ['16', '17*'],
    ]);
  });

  test('without a map there is no script at all', () => {
    const { figures: _, ...without } = record;
    const plain = renderEmbedding(without);
    expect(plain).not.toContain('<script');
    expect(plain).not.toContain('script-src');
  });
});
