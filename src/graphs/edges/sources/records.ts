/**
 * Records of the neo4j driver, and of drivers like it. The values of a record are read in order: two nodes and, if there is a third
 * value, the weight. A node is a `Node`, named by its `elementId`, or any value that names it, such as a property. A `Relationship`
 * gives the weight from its properties, and the two nodes if the record has no others. A record of one node, or with null as the
 * second, adds a node without an edge, as `OPTIONAL MATCH` returns it.
 */
import { fail } from '../../../base/errors.ts';
import { type EdgeForm, type EdgeSource, isObject } from '../edge-source.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { weightIn } from '../options.ts';

interface DriverRecord {
  readonly keys: readonly PropertyKey[];
  get(key: PropertyKey): unknown;
}

interface DriverNode {
  readonly identity: unknown;
  readonly elementId?: string;
  readonly labels: readonly string[];
}

interface DriverRelationship {
  readonly start: unknown;
  readonly end: unknown;
  readonly startNodeElementId?: string;
  readonly endNodeElementId?: string;
  readonly properties: unknown;
}

const isRecord = (value: unknown): value is DriverRecord =>
  isObject(value) && Array.isArray(value.keys) && typeof value.get === 'function';

const isDriverNode = (value: unknown): value is DriverNode => isObject(value) && Array.isArray(value.labels);

const isRelationship = (value: unknown): value is DriverRelationship =>
  isObject(value) && 'start' in value && 'end' in value && 'properties' in value;

const nameOf = (value: unknown) => (isDriverNode(value) ? (value.elementId ?? value.identity) : value);

/** A value that is missing in the database. */
const isMissing = (value: unknown) => value === null || value === undefined;

export const driverRecord: EdgeForm<DriverRecord> = {
  title: 'a record of neo4j-driver',
  matches: isRecord,
  add(record, builder, options, where) {
    const values = record.keys.map((key) => record.get(key));
    const relationship = values.find(isRelationship);
    const [source, target, weight, ...more] = values.filter((value) => !isRelationship(value));
    if (more.length > 0) failOnFields(record, where());
    const found = weight ?? weightIn(relationship?.properties, options);
    const used = options.weight === false ? undefined : found;
    if (source === undefined && relationship !== undefined) {
      const { start, end, startNodeElementId: from = start, endNodeElementId: to = end } = relationship;
      builder.addEdge(from, to, used, where);
    } else if (isMissing(target)) addNodeOnly(builder, source, record, where);
    else builder.addEdge(nameOf(source), nameOf(target), used, where);
  },
};

function addNodeOnly(builder: GraphBuilder, source: unknown, record: DriverRecord, where: () => string): void {
  if (isMissing(source)) failOnFields(record, where());
  builder.addNode(nameOf(source), where);
}

function failOnFields({ keys }: DriverRecord, where: string): never {
  return fail({
    what: `the values ${keys.map(String).join(', ')} are not two nodes and a weight`,
    where,
    fix: 'Return two nodes and, if you want, a weight: RETURN a.id, b.id, r.weight.',
  });
}

export const queryResult: EdgeSource<{ readonly records: readonly unknown[] }> = {
  title: 'a result of neo4j-driver',
  matches: (source) => isObject(source) && Array.isArray(source.records),
  add({ records }, builder, options) {
    const { name = 'records' } = options;
    records.forEach((record, i) => {
      const where = () => `${name}[${i}]`;
      if (isRecord(record)) driverRecord.add(record, builder, options, where);
      else fail({ what: 'it is not a record', where: where(), fix: 'Pass the result as the driver returns it.' });
    });
  },
};
