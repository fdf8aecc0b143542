/** Databases that speak Bolt, such as Neo4j and Memgraph, through the package `neo4j-driver`. */
import { fail, InputError } from '../../base/errors.ts';
import type { NodeId } from '../graph.ts';
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

/** The parts of the driver that are used. */
interface DriverRecord {
  readonly keys: readonly PropertyKey[];
  get(index: number): unknown;
}
interface Result extends AsyncIterable<DriverRecord> {
  keys(): Promise<readonly PropertyKey[]>;
}
interface Session {
  run(query: string, parameters?: object): Result;
  executeWrite<T>(
    work: (transaction: { run(query: string, parameters: object): Promise<Records> }) => Promise<T>,
  ): Promise<T>;
  close(): Promise<void>;
}
interface Records {
  readonly records: readonly DriverRecord[];
}
interface Driver {
  session(settings: { database?: string | undefined; defaultAccessMode?: string }): Session;
  close(): Promise<void>;
}
interface Package {
  driver(address: string, login: object | undefined, settings: object): Driver;
  readonly auth: { basic(user: string, password: string): object };
}

const schemes = /^(neo4j|bolt)(\+s|\+ssc)?:\/\//i;

/** How long the driver retries after a temporary failure. */
const retryMilliseconds = 2_000;
const connectMilliseconds = 10_000;

/** An address without a user's name, a password, or a query. */
const withoutCredentials = (address: string) => address.replace(/\/\/[^@/]*@/, '//').replace(/[?#].*$/s, '');

interface DriverError {
  readonly code?: string;
  readonly message?: string;
}

const fixes: readonly (readonly [pattern: RegExp, fix: string])[] = [
  [/Unauthorized|AuthenticationRateLimit/, 'Set NEO4J_USERNAME and NEO4J_PASSWORD in the environment.'],
  [/ServiceUnavailable|SessionExpired/, 'Check that the server runs and accepts connections, and try again.'],
  [/DatabaseNotFound/, 'Set NEO4J_DATABASE to the name of a database.'],
  [/Forbidden/, 'Use an account with the right to do this.'],
];

/** The driver's error as an InputError. `kept` states how much of a write the database kept. */
function failWith(error: unknown, address: string, kept = ''): never {
  if (error instanceof InputError) throw error;
  const { code = '', message = String(error) } = error as DriverError;
  const fix = fixes.find(([pattern]) => pattern.test(code))?.[1] ?? 'Correct the query.';
  return fail({ what: `${message.split('\n')[0]!.replace(/\.$/, '')}${kept}`, where: address, fix });
}

/** Whole numbers go to the server as integers; a number alone would be a float. */
const asSent = (id: NodeId) => (typeof id === 'number' && Number.isSafeInteger(id) ? BigInt(id) : id);

class Bolt implements GraphDatabase {
  readonly address: string;
  private readonly driver: Driver;
  private readonly database: string | undefined;

  constructor(address: string, driver: Driver, database: string | undefined) {
    this.address = address;
    this.driver = driver;
    this.database = database;
  }

  async read(query: string): Promise<EdgeQuery> {
    const session = this.driver.session({ database: this.database, defaultAccessMode: 'READ' });
    try {
      const result = session.run(query);
      const names = await result.keys();
      return { key: keyOf(String(names[0])), edges: this.edgesOf(session, result) };
    } catch (error) {
      await session.close();
      return failWith(error, this.address);
    }
  }

  async write(where: VectorProperty, rows: VectorRows, options: WriteOptions = {}): Promise<number> {
    const label = where.label === undefined ? '' : `:${queryName(where.label, 'label')}`;
    const [key, property] = [queryName(where.key, 'property'), queryName(where.property, 'property')];
    const update =
      `UNWIND $rows AS row MATCH (n${label}) WHERE n.${key} = row.id ` +
      `SET n.${property} = row.vector RETURN count(n) AS written`;
    const { ids, vectors, dimensions } = rows;
    const session = this.driver.session({ database: this.database });
    let [sent, written] = [0, 0];
    try {
      for (; sent < ids.length; sent = Math.min(ids.length, sent + batchRows)) {
        options.signal?.throwIfAborted();
        const batch = ids.slice(sent, sent + batchRows).map((id, i) => ({
          id: asSent(id),
          vector: Array.from(vectors.subarray((sent + i) * dimensions, (sent + i + 1) * dimensions)),
        }));
        const { records } = await session.executeWrite((transaction) => transaction.run(update, { rows: batch }));
        written += Number(records[0]?.get(0) ?? 0);
        options.onProgress?.(Math.min(ids.length, sent + batchRows));
      }
      return written;
    } catch (error) {
      if (options.signal?.aborted === true) throw error;
      const kept = `${sent.toLocaleString('en-US')} of ${ids.length.toLocaleString('en-US')} vectors were written`;
      return failWith(error, this.address, `; ${kept} before (writing again replaces them)`);
    } finally {
      await session.close().catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await this.driver.close();
  }

  private async *edgesOf(session: Session, result: Result): AsyncGenerator<QueriedEdge> {
    let row = 0;
    try {
      for await (const record of result) {
        row++;
        yield edgeOf(
          record.keys.map((_, column) => record.get(column)),
          row,
        );
      }
    } catch (error) {
      failWith(error, this.address, `; ${row.toLocaleString('en-US')} edges had been read`);
    } finally {
      await session.close().catch(() => undefined);
    }
  }
}

async function open(given: string, { environment }: DatabaseSettings): Promise<GraphDatabase> {
  const address = withoutCredentials(given);
  if (/\/\/[^@/]*@/.test(given)) {
    fail({
      what: 'the address contains credentials, which other users of this machine can see',
      where: address,
      fix: 'Set NEO4J_USERNAME and NEO4J_PASSWORD in the environment, and leave them out of the address.',
    });
  }
  const { driver, auth } = optionalPackage<Package>(['neo4j-driver'], address);
  const { NEO4J_USERNAME: user = 'neo4j', NEO4J_PASSWORD: password, NEO4J_DATABASE: database } = environment;
  try {
    const opened = driver(given, password === undefined ? undefined : auth.basic(user, password), {
      maxTransactionRetryTime: retryMilliseconds,
      connectionTimeout: connectMilliseconds,
      connectionAcquisitionTimeout: connectMilliseconds,
    });
    return new Bolt(address, opened, database);
  } catch (error) {
    return failWith(error, address);
  }
}

export const bolt: DatabaseKind = {
  name: 'Bolt (Neo4j, Memgraph)',
  recognizes: (address) => schemes.test(address),
  open,
};
