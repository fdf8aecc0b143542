/** A graph in a database: edges that a query returns, and vectors that are written back as a property of the nodes. */
import { fail } from '../../base/errors.ts';
import type { NodeId } from '../graph.ts';

/** An edge as a query returns it. The weight is undefined where the query returns two columns. */
export type QueriedEdge = readonly [source: NodeId, target: NodeId, weight: number | undefined];

export interface EdgeQuery {
  /** The property of the nodes that the first column returns: `id` for `RETURN a.id, b.id`. Undefined for other expressions. */
  readonly key: string | undefined;
  /** The edges, read on demand: the result is never in memory as a whole. */
  readonly edges: AsyncIterable<QueriedEdge>;
}

/** Where vectors are written: `MATCH (n:label {key: id}) SET n.property = vector`. */
export interface VectorProperty {
  readonly property: string;
  readonly key: string;
  /** The label of the nodes. LadybugDB needs it only where several tables have the property `key`. */
  readonly label?: string | undefined;
}

/** The vectors to write: row `i` of `vectors`, `[nodes, dimensions]`, belongs to `ids[i]`. */
export interface VectorRows {
  readonly ids: readonly NodeId[];
  readonly vectors: Float32Array;
  readonly dimensions: number;
}

export interface WriteOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each batch with the number of vectors that were sent so far. */
  readonly onProgress?: ((sent: number) => void) | undefined;
}

export interface GraphDatabase {
  /** The address without credentials, for messages. */
  readonly address: string;
  /** @throws InputError if the query fails, or a row has no two ids. */
  read(query: string): Promise<EdgeQuery>;
  /**
   * Writes vectors in batches as lists of floats, and returns the number of nodes that received one.
   * @throws InputError if the property cannot be written; the message says how many vectors the database kept.
   */
  write(where: VectorProperty, rows: VectorRows, options?: WriteOptions): Promise<number>;
  close(): Promise<void>;
}

/** Options for opening a database. */
export interface DatabaseSettings {
  /** Opens the database for reading only. */
  readonly readOnly?: boolean;
  /** The environment, for credentials. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A kind of database: one entry. */
export interface DatabaseKind {
  readonly name: string;
  /** Whether an address or a path is of this kind. */
  recognizes(address: string): boolean;
  open(address: string, settings: DatabaseSettings): Promise<GraphDatabase>;
}

/** The number of vectors that are sent at once. */
export const batchRows = 1000;

/** Letters, digits and underscores: the names of labels and properties that need no quotes. */
const plainName = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** A label or a property for a query's text. */
export function queryName(name: string, what: string): string {
  if (plainName.test(name)) return `\`${name}\``;
  return fail({
    what: `${JSON.stringify(name)} cannot be the name of a ${what}`,
    where: `the ${what}`,
    fix: 'Use letters, digits and underscores, and begin with a letter.',
  });
}

/** The property that a column returns: `id` of `a.id`. */
export const keyOf = (column: string | undefined) => /^\w+\.(\w+)$/.exec(column ?? '')?.[1];

/** An integer as the Neo4j driver returns it: two halves of 32 bits. */
interface DriverInteger {
  readonly low: number;
  readonly high: number;
  toBigInt(): bigint;
}

const isDriverInteger = (value: unknown): value is DriverInteger =>
  typeof value === 'object' && value !== null && 'low' in value && 'high' in value && 'toBigInt' in value;

/** Integers become numbers where a number is exact, and stay bigints elsewhere. */
function plain(value: unknown): unknown {
  if (isDriverInteger(value)) return plain(value.toBigInt());
  if (typeof value === 'bigint' && BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))) {
    return Number(value);
  }
  return value;
}

const described = (value: unknown) =>
  value === null || value === undefined ? 'null' : Array.isArray(value) ? 'a list' : `of the type ${typeof value}`;

/** An edge from a row of a result. `row` counts from 1. */
export function edgeOf(values: readonly unknown[], row: number): QueriedEdge {
  const where = `row ${row} of the query's result`;
  const fix = 'Return a property of both nodes, such as "MATCH (a)-[r]->(b) RETURN a.id, b.id, r.weight".';
  if (values.length !== 2 && values.length !== 3) {
    fail({ what: `the query returns ${values.length} columns, not 2 or 3`, where, fix });
  }
  const [source, target] = (['source', 'target'] as const).map((name, column) => {
    const id = plain(values[column]);
    if (typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint') return id;
    return fail({ what: `the ${name} is ${described(id)}, not a number or a text`, where, fix });
  });
  const weight = plain(values[2]);
  if (values.length === 3 && typeof weight !== 'number') {
    fail({
      what: `the weight is ${described(weight)}, not a number`,
      where,
      fix: 'Return a number for every edge, such as "coalesce(r.weight, 1.0)".',
    });
  }
  return [source as NodeId, target as NodeId, weight as number | undefined];
}
