import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cypher as cypherIn } from '../../../test/cypher.ts';
import { isLong, runs } from '../../../test/runs.ts';
import { isDatabase, openDatabase, type QueriedEdge } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainrule-test-'));
const path = join(folder, 'graph.lbug');
const environment = {};
/** More than a batch of 1,000. */
const nodes = runs(1100, 2500);

const cypher = (...statements: readonly string[]) => cypherIn(path, ...statements);

async function read(query: string) {
  const database = await openDatabase(path, { environment });
  try {
    const { key, edges } = await database.read(query);
    const rows: QueriedEdge[] = [];
    for await (const edge of edges) rows.push(edge);
    return { key, rows };
  } finally {
    await database.close();
  }
}

beforeAll(async () => {
  await cypher(
    'CREATE NODE TABLE Person(id INT64 PRIMARY KEY, name STRING)',
    'CREATE NODE TABLE City(name STRING PRIMARY KEY)',
    'CREATE REL TABLE Knows(FROM Person TO Person, weight DOUBLE)',
    `UNWIND range(0, ${nodes - 1}) AS i CREATE (:Person {id: i, name: 'p'})`,
    `MATCH (a:Person) MATCH (b:Person {id: (a.id * 7 + 1) % ${nodes}}) CREATE (a)-[:Knows {weight: a.id + 0.5}]->(b)`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('LadybugDB', () => {
  test('is recognized by the ending of its file', () => {
    expect(['a/graph.lbug', 'edges.csv', 'graph.LBUG'].map(isDatabase)).toEqual([true, false, true]);
  });

  test('edges with and without weights are read; the key is the property that the query returns', async () => {
    const weighted = await read('MATCH (a)-[r:Knows]->(b) RETURN a.id, b.id, r.weight ORDER BY a.id');
    expect(weighted.key).toBe('id');
    expect(weighted.rows.slice(0, 3)).toEqual([
      [0, 1, 0.5],
      [1, 8, 1.5],
      [2, 15, 2.5],
    ]);
    expect(weighted.rows).toHaveLength(nodes);
    expect((await read('MATCH (a)-[r:Knows]->(b) RETURN a.id, b.id LIMIT 1')).rows[0]).toHaveLength(3);
    expect((await read('MATCH (a)-[r:Knows]->(b) RETURN a.id, b.id LIMIT 1')).rows[0]![2]).toBeUndefined();
  });

  test.each([
    ['MATCH (a)-[r]->(b) RETURN a.id', 'the query returns 1 columns, not 2 or 3'],
    ['MATCH (a)-[r]->(b) RETURN a, b.id', 'the source is of the type object'],
    ['MATCH (a)-[r]->(b) RETURN a.id, null', 'the target is null'],
    ["MATCH (a)-[r]->(b) RETURN a.id, b.id, 'x'", 'the weight is of the type string'],
    ['MATCH (a)-[r]->(b) RETURN a.nothing, b.id', 'Cannot find property nothing'],
    ['MATCH (a', 'Invalid input'],
  ])('%s is refused', async (query, what) => {
    await expect(read(query)).rejects.toThrow(what);
  });

  test('vectors are written as lists of floats, whole numbers too, in several batches', async () => {
    const ids = Array.from({ length: nodes }, (_, i) => i);
    const vectors = Float32Array.from({ length: nodes * 3 }, (_, i) => (i % 3 === 0 ? i / 3 : i % 3 === 1 ? 1 / 3 : 2));
    const sent: number[] = [];
    const database = await openDatabase(path, { environment, readOnly: false });
    const written = await database.write(
      { property: 'embedding', key: 'id' },
      { ids, vectors, dimensions: 3 },
      {
        onProgress: (count) => sent.push(count),
      },
    );
    await database.close();
    expect(written).toBe(nodes);
    expect(sent).toEqual(isLong ? [1000, 2000, 2500] : [1000, 1100]);
    const rows = await cypher('MATCH (n:Person) RETURN n.embedding AS e ORDER BY n.id');
    expect(rows.map(({ e }) => e)).toEqual(ids.map((id) => [id, Math.fround(1 / 3), 2]));
  });

  test('a write that stops half-way leaves the database as it was', async () => {
    const ids = Array.from({ length: nodes }, (_, i) => i);
    const controller = new AbortController();
    const database = await openDatabase(path, { environment, readOnly: false });
    const writing = database.write(
      { property: 'half', key: 'id' },
      { ids, vectors: new Float32Array(nodes * 2), dimensions: 2 },
      { signal: controller.signal, onProgress: () => controller.abort() },
    );
    await expect(writing).rejects.toThrow('abort');
    await database.close();
    const names = (await cypher("CALL table_info('Person') RETURN name")).map(({ name }) => name);
    expect(names).not.toContain('half');
  });

  test.each([
    [{ property: 'name', key: 'id' }, 'the property "name" of Person has the type STRING'],
    [{ property: 'e`; DROP', key: 'id' }, 'cannot be the name of a property'],
    [{ property: 'e', key: 'nothing' }, 'no node table has the property "nothing"'],
    [{ property: 'e', key: 'name' }, 'several node tables have "name"'],
  ])('%o is refused', async (where, what) => {
    const database = await openDatabase(path, { environment, readOnly: false });
    await expect(database.write(where, { ids: [1], vectors: new Float32Array(2), dimensions: 2 })).rejects.toThrow(
      what,
    );
    await database.close();
  });

  test('a label decides between tables; ids without a node receive nothing', async () => {
    const database = await openDatabase(path, { environment, readOnly: false });
    const rows = { ids: ['Rome', 'p'], vectors: new Float32Array(4), dimensions: 2 };
    expect(await database.write({ property: 'e', key: 'name', label: 'City' }, rows)).toBe(0);
    await database.close();
  });

  test('after its end, nothing of a database is in use: the garbage of earlier ones does no harm to the next', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let round = 0; round < runs(6, 40); round++) {
      const database = await openDatabase(path, { environment, readOnly: false });
      // Several statements, of which the last one's edges are never asked for; an error; a write.
      await database.read('RETURN 1, 2; MATCH (a)-[r:Knows]->(b) RETURN a.id, b.id');
      await expect(database.read('MATCH (a')).rejects.toThrow();
      const rows = { ids: [round], vectors: new Float32Array(3).fill(round), dimensions: 3 };
      expect(await database.write({ property: 'embedding', key: 'id' }, rows)).toBe(1);
      await database.close();
      collect();
    }
    expect(await cypher('MATCH (n:Person {id: 5}) RETURN n.embedding AS e')).toEqual([{ e: [5, 5, 5] }]);
  });

  test('a missing or foreign file is refused, and none is made', async () => {
    await expect(openDatabase(join(folder, 'none.lbug'), { environment })).rejects.toThrow('there is no such file');
    const junk = join(folder, 'junk.lbug');
    writeFileSync(junk, 'no database '.repeat(1000));
    await expect(openDatabase(junk, { environment })).rejects.toThrow('cannot be opened');
  });
});
