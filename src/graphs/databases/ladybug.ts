/** LadybugDB: a property-graph database in a file of its own, which the package `@ladybugdb/core` opens in this process. */
import { fail } from '../../base/errors.ts';
import { nodeModule } from '../../base/host.ts';
import {
  batchRows,
  type DatabaseKind,
  type DatabaseSettings,
  type EdgeQuery,
  edgeOf,
  type GraphDatabase,
  keyOf,
  type QueriedEdge,
  queryName,
  type VectorProperty,
  type VectorRows,
  type WriteOptions,
} from './database.ts';
import { optionalPackage } from './install.ts';

type Row = Readonly<Record<string, unknown>>;

/** The parts of the package that are used. */
interface Result {
  getColumnNames(): Promise<readonly string[]>;
  hasNext(): boolean;
  getNextSync(): Row;
  getAll(): Promise<readonly Row[]>;
  close(): void;
}
interface Connection {
  query(text: string): Promise<Result | Result[]>;
  prepare(text: string): Promise<object>;
  execute(statement: object, parameters: Record<string, unknown>): Promise<Result | Result[]>;
  close(): Promise<void>;
}
interface FileSystem {
  statSync(path: string, options: { throwIfNoEntry: false }): { readonly size: number } | undefined;
}
interface Package {
  readonly Database: new (
    path: string,
    bufferBytes: number,
    compresses: boolean,
    readOnly: boolean,
    maxBytes: number,
  ) => { close(): Promise<void> };
  readonly Connection: new (database: object) => Connection;
}

/**
 * The installed package, or else its binary for this platform: where install scripts are off, only the second has the library. A
 * process must load only one of them: two copies of the library end it with a segmentation fault.
 */
export function loadLadybug(where: string): Package {
  const { platform, arch } = nodeModule('process') as unknown as { platform: string; arch: string };
  return optionalPackage<Package>(['@ladybugdb/core', `@ladybugdb/core-${platform}-${arch}`], where);
}

const retryMilliseconds = 5_000;

/** Reading one row costs 3 µs. After this many rows, the loop yields to other work. */
const rowsAtOnce = 10_000;

const messageOf = (error: unknown) =>
  String((error as Error)?.message ?? error)
    .split('\n')[0]!
    .replace(/[.!\s]+$/, '');

class Ladybug implements GraphDatabase {
  readonly address: string;
  private readonly database: { close(): Promise<void> };
  private readonly connection: Connection;
  /** A result keeps the database's file in use after the database was closed, until it is closed itself. */
  private readonly openResults = new Set<Result>();

  constructor(address: string, database: { close(): Promise<void> }, connection: Connection) {
    this.address = address;
    this.database = database;
    this.connection = connection;
  }

  /** Reads the file: before the first query, nothing is opened. */
  async check(): Promise<void> {
    const result = await this.connection.query('RETURN 1');
    this.closeResult(this.lastOf(result));
  }

  async read(query: string): Promise<EdgeQuery> {
    const result = await this.run(query, 'the query');
    const names = await result.getColumnNames();
    return { key: keyOf(names[0]), edges: this.edgesOf(result, names) };
  }

  async write(where: VectorProperty, rows: VectorRows, options: WriteOptions = {}): Promise<number> {
    const label = where.label ?? (await this.tableWith(where.key));
    const [table, key, property] = [
      queryName(label, 'label'),
      queryName(where.key, 'property'),
      queryName(where.property, 'property'),
    ];
    const type = `FLOAT[${rows.dimensions}]`;
    const isNew = await this.isNewProperty(label, where.property, type);
    await this.rowsOf('BEGIN TRANSACTION');
    try {
      if (isNew) await this.rowsOf(`ALTER TABLE ${table} ADD ${property} ${type}`);
      const update =
        `UNWIND $rows AS row MATCH (n:${table}) WHERE n.${key} = row.id ` +
        `SET n.${property} = CAST(row.vector AS ${type}) RETURN count(n) AS written`;
      const written = await this.sendBatches(await this.connection.prepare(update), rows, options);
      await this.rowsOf('COMMIT');
      return written;
    } catch (error) {
      await this.rowsOf('ROLLBACK').catch(() => undefined);
      if (options.signal?.aborted === true) throw error;
      return fail({
        what: `writing "${where.property}" failed: ${messageOf(error)}; no vector was written`,
        where: this.address,
        fix: 'Correct the cause, and write again.',
      });
    }
  }

  async close(): Promise<void> {
    // A text's first result owns the others, so it is closed last.
    for (const result of [...this.openResults].reverse()) this.closeResult(result);
    await this.connection.close();
    await this.database.close();
  }

  private async sendBatches(update: object, { ids, vectors, dimensions }: VectorRows, options: WriteOptions) {
    let written = 0;
    for (let first = 0; first < ids.length; first += batchRows) {
      options.signal?.throwIfAborted();
      const end = Math.min(ids.length, first + batchRows);
      // A list of whole numbers would become a list of integers; as text, it has the declared type.
      const rows = Array.from({ length: end - first }, (_, i) => ({
        id: ids[first + i],
        vector: `[${vectors.subarray((first + i) * dimensions, (first + i + 1) * dimensions).join(',')}]`,
      }));
      const result = this.lastOf(await this.connection.execute(update, { rows }));
      written += Number((await result.getAll())[0]!.written);
      this.closeResult(result);
      options.onProgress?.(end);
    }
    return written;
  }

  private async run(query: string, where: string): Promise<Result> {
    try {
      return this.lastOf(await this.connection.query(query));
    } catch (error) {
      return fail({ what: messageOf(error), where, fix: 'Correct the query.' });
    }
  }

  private async rowsOf(query: string): Promise<readonly Row[]> {
    const result = await this.run(query, this.address);
    const rows = await result.getAll();
    this.closeResult(result);
    return rows;
  }

  /** A query's last result: a text with several statements has one for each. */
  private lastOf(results: Result | Result[]): Result {
    const all = Array.isArray(results) ? results : [results];
    for (const result of all) this.openResults.add(result);
    return all[all.length - 1]!;
  }

  private closeResult(result: Result) {
    result.close();
    this.openResults.delete(result);
  }

  private async *edgesOf(result: Result, names: readonly string[]): AsyncGenerator<QueriedEdge> {
    try {
      for (let row = 1; result.hasNext(); row++) {
        const values = result.getNextSync();
        yield edgeOf(
          names.map((name) => values[name]),
          row,
        );
        if (row % rowsAtOnce === 0) await new Promise((resolve) => setTimeout(resolve));
      }
    } finally {
      this.closeResult(result);
    }
  }

  /** The one node table with a property. */
  private async tableWith(key: string): Promise<string> {
    const tables = (await this.rowsOf('CALL show_tables() RETURN name, type'))
      .filter(({ type }) => type === 'NODE')
      .map(({ name }) => String(name));
    const having: string[] = [];
    for (const table of tables) if ((await this.properties(table)).has(key)) having.push(table);
    if (having.length === 1) return having[0]!;
    const candidates = having.length === 0 ? tables : having;
    return fail({
      what: having.length === 0 ? `no node table has the property "${key}"` : `several node tables have "${key}"`,
      where: this.address,
      fix: `Name the label of the nodes: one of ${candidates.join(', ')}.`,
    });
  }

  private async properties(table: string): Promise<ReadonlyMap<string, string>> {
    const text = `CALL table_info('${table.replaceAll("'", "\\'")}') RETURN name, type`;
    const rows = await this.rowsOf(text);
    return new Map(rows.map(({ name, type }) => [String(name), String(type)]));
  }

  private async isNewProperty(label: string, property: string, type: string): Promise<boolean> {
    const present = (await this.properties(label)).get(property);
    if (present === undefined || present === type) return present === undefined;
    return fail({
      what: `the property "${property}" of ${label} has the type ${present}, and the vectors need ${type}`,
      where: this.address,
      fix: `Write to another property, or remove this one: ALTER TABLE ${label} DROP ${property}.`,
    });
  }
}

/**
 * The address space that the database reserves: a power of two. Its own default of 8 TiB fails where a process may have less, and
 * where several databases are open.
 */
const maxBytesOf = (fileBytes: number) => 2 ** Math.max(36, Math.ceil(Math.log2(fileBytes * 4)));

async function open(path: string, { readOnly = true }: DatabaseSettings): Promise<GraphDatabase> {
  const { statSync } = nodeModule('fs') as unknown as FileSystem;
  const file = statSync(path, { throwIfNoEntry: false });
  // Opening a file that does not exist would make an empty database.
  if (file === undefined)
    return fail({ what: 'there is no such file', where: path, fix: 'Pass the path of a database.' });
  const { Database, Connection } = loadLadybug(path);
  const attempt = async () => {
    const database = new Database(path, 0, true, readOnly, maxBytesOf(file.size));
    const opened = new Ladybug(path, database, new Connection(database));
    try {
      await opened.check();
    } catch (error) {
      await opened.close().catch(() => undefined);
      throw error;
    }
    return opened;
  };
  const lastTime = performance.now() + retryMilliseconds;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      // A program that has just closed the database may still be moving its log into the file.
      const isPassing = /retry later|\.shadow|\.wal/i.test(String(error)) && performance.now() < lastTime;
      if (!isPassing) {
        return fail({
          what: `the database cannot be opened: ${messageOf(error)}`,
          where: path,
          fix: 'Pass a file that LadybugDB wrote, and close other programs that use it.',
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

export const ladybug: DatabaseKind = {
  name: 'LadybugDB',
  recognizes: (address) => /\.(lbug|lbdb)$/i.test(address),
  open,
};
