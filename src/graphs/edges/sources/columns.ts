/** Edges in columns: typed arrays, or lists, of sources, targets and weights. */
import { fail } from '../../../base/errors.ts';
import { count } from '../../../base/wording.ts';
import { type EdgeSource, isObject } from '../edge-source.ts';

/** Edge `i` is `sources[i]` to `targets[i]`, of the weight `weights[i]`. */
export interface EdgeColumns {
  readonly sources: ArrayLike<unknown>;
  readonly targets: ArrayLike<unknown>;
  readonly weights?: ArrayLike<unknown>;
}

const hasLength = (value: unknown) => isObject(value) && typeof value.length === 'number';

export const columns: EdgeSource<EdgeColumns> = {
  title: '{ sources, targets, weights } of typed arrays',
  matches: (source) => isObject(source) && hasLength(source.sources) && hasLength(source.targets),
  add({ sources, targets, weights }, builder, { name = 'edges', weight }) {
    for (const [key, column] of Object.entries({ targets, weights })) {
      if (column === undefined || column.length === sources.length) continue;
      fail({
        what: `${count(column.length, 'element')}, but there are ${count(sources.length, 'source')}`,
        where: `${name}.${key}`,
        fix: 'Pass columns of equal length: one element for each edge.',
      });
    }
    let at = 0;
    const where = () => `${name}[${at}]`;
    const used = weight === false ? undefined : weights;
    for (; at < sources.length; at++) builder.addEdge(sources[at], targets[at], used?.[at], where);
  },
};
