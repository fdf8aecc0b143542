/** Statements in a LadybugDB file, with the copy of its library that the product loads: a process must not load two. */
import { loadLadybug } from '../src/graphs/databases/ladybug.ts';

/** Runs statements and returns the rows of the last one. The file is made if there is none. */
export async function cypher(
  path: string,
  ...statements: readonly string[]
): Promise<readonly Record<string, unknown>[]> {
  const { Database, Connection } = loadLadybug('test');
  // by default it would reserve 8 TiB of addresses
  const database = new Database(path, 0, true, false, 2 ** 36);
  const connection = new Connection(database);
  let rows: readonly Record<string, unknown>[] = [];
  for (const statement of statements) {
    const results = await connection.query(statement);
    const [result] = Array.isArray(results) ? results : [results];
    rows = await result.getAll();
    result.close();
  }
  await connection.close();
  await database.close();
  return rows;
}
