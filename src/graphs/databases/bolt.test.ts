import { createRequire } from 'node:module';
import neo4j from 'neo4j-driver';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { edgeOf } from './database.ts';
import { boltServer, type Reply } from './fixtures.ts';
import { isDatabase, openDatabase, type QueriedEdge } from './index.ts';

// No Neo4j server was tried: the server of these tests speaks the protocol, and the driver and its record types are real.

const environment = { NEO4J_PASSWORD: 'secret' };
let stop: () => unknown = () => undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await stop();
});

/** The driver as the sources load it. */
const required = createRequire(import.meta.url)('neo4j-driver') as typeof neo4j;

async function serve(...replies: readonly Reply[]) {
  const server = await boltServer(replies);
  const database = await openDatabase(server.address, { environment });
  stop = async () => {
    await database.close();
    server.close();
  };
  return { ...server, database };
}

async function edgesOf(replies: readonly Reply[]) {
  const { database } = await serve(...replies);
  const { key, edges } = await database.read('MATCH (a)-[r]->(b) RETURN a.id, b.id, r.weight');
  const rows: QueriedEdge[] = [];
  for await (const edge of edges) rows.push(edge);
  return { key, rows };
}

const fields = ['a.id', 'b.id', 'r.weight'];

describe('Bolt', () => {
  test('is recognized by the scheme', () => {
    const addresses = ['neo4j://h:7687', 'neo4j+s://h', 'bolt+ssc://h', 'http://h', 'graph.csv'];
    expect(addresses.map(isDatabase)).toEqual([true, true, true, false, false]);
  });

  test('integers become numbers where they are exact; texts and weights are kept', async () => {
    const rows = [
      [1n, 2n, 0.5],
      ['a', 2n ** 60n + 1n, 3n],
    ];
    expect(await edgesOf([{ fields, rows }])).toEqual({
      key: 'id',
      rows: [
        [1, 2, 0.5],
        ['a', 2n ** 60n + 1n, 3],
      ],
    });
  });

  test("the driver's own integers and nodes", () => {
    expect(edgeOf([neo4j.int(7), neo4j.int('9007199254740993'), neo4j.int(2)], 1)).toEqual([7, 9007199254740993n, 2]);
    const node = new neo4j.types.Node(neo4j.int(1), ['Person'], { id: neo4j.int(5) });
    expect(() => edgeOf([node, neo4j.int(1)], 4)).toThrow('the source is of the type object');
  });

  test('vectors are sent as lists of floats, in batches, with whole ids as integers', async () => {
    const written = (count: bigint) => ({ fields: ['written'], rows: [[count]] });
    const { database, asked } = await serve(written(1000n), written(500n));
    const ids = Array.from({ length: 1500 }, (_, i) => i);
    const vectors = Float32Array.from({ length: 3000 }, (_, i) => i);
    const where = { property: 'embedding', key: 'id', label: 'Person' };
    expect(await database.write(where, { ids, vectors, dimensions: 2 })).toBe(1500);
    expect(asked.map(({ parameters }) => (parameters.rows as unknown[]).length)).toEqual([1000, 500]);
    expect(asked[1]!.query).toBe(
      'UNWIND $rows AS row MATCH (n:`Person`) WHERE n.`id` = row.id SET n.`embedding` = row.vector RETURN count(n) AS written',
    );
    expect((asked[1]!.parameters.rows as unknown[])[0]).toEqual({ id: 1000n, vector: [2000, 2001] });
  });

  test('a connection that is dropped in mid-read says how many edges came', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => [BigInt(i), 1n, 1]);
    await expect(edgesOf([{ fields, rows, dropsAfter: 4 }])).rejects.toThrow(
      /bolt:\/\/127.0.0.1:\d+: .*; 4 edges had been read[\s\S]*Check that the server runs/,
    );
  });

  test('a connection that is dropped in mid-write says how many vectors the database has', async () => {
    const drops = Array.from({ length: 40 }, () => ({ dropsAfter: 0 }));
    // the driver tries again once, after a second, instead of for two seconds
    const { driver } = required;
    vi.spyOn(required, 'driver').mockImplementation((address, login, settings) =>
      driver(address, login, { ...settings, maxTransactionRetryTime: 0 }),
    );
    const { database } = await serve({ fields: ['written'], rows: [[1000n]] }, ...drops);
    const ids = Array.from({ length: 2500 }, (_, i) => i);
    const writing = database.write(
      { property: 'e', key: 'id' },
      { ids, vectors: new Float32Array(2500), dimensions: 1 },
    );
    await expect(writing).rejects.toThrow('1,000 of 2,500 vectors were written before');
  });

  test('a server that refuses connections, and wrong credentials', async () => {
    const { address, close } = await boltServer([]);
    const wrong = await openDatabase(address, { environment: { NEO4J_PASSWORD: 'guess' } });
    await expect(wrong.read('RETURN 1, 2')).rejects.toThrow(/unauthorized[\s\S]*Set NEO4J_USERNAME and NEO4J_PASSWORD/);
    await wrong.close();
    close();
    const absent = await openDatabase(address, { environment });
    await expect(absent.read('RETURN 1, 2')).rejects.toThrow(/Check that the server runs/);
    await absent.close();
  });

  test('a wrong query is reported in the words of the server', async () => {
    const failure = { code: 'Neo.ClientError.Statement.SyntaxError', message: "Invalid input 'R'" };
    await expect(edgesOf([{ failure }])).rejects.toThrow(/Invalid input 'R'[\s\S]*Correct the query/);
  });

  test('credentials in an address are refused and never printed', async () => {
    const opening = openDatabase('neo4j://me:hunter2@localhost:7687', { environment });
    const message = await opening.catch((error: Error) => error.message);
    expect(message).toContain('neo4j://localhost:7687: the address contains credentials');
    expect(message).not.toContain('hunter2');
  });
});
