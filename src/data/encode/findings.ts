/** Findings in the rows that a model encodes: missing values, and categories that training did not see. */
import { count, firstOf, quote } from '../../base/wording.ts';
import { type Encoding, transformOf } from './encoding.ts';
import { showFill } from './transform.ts';

/** Categories that training did not see, by feature. */
export type UnknownCategories = ReadonlyMap<string, { readonly rows: number; readonly example: string }>;

export interface RowFindings {
  /** The number of missing cells that were filled, by feature. */
  readonly filled: ReadonlyMap<string, number>;
  readonly unknown: UnknownCategories;
}

/** Warnings about categories that training did not see. */
export function unknownWarnings(unknown: UnknownCategories, { features }: Encoding): string[] {
  const transforms = new Map(features.map((feature) => [feature.name, transformOf(feature)]));
  const warnings = Array.from(unknown, ([name, { rows, example }]) => {
    const transform = transforms.get(name)!;
    const isIndex = transform.cell === 'category' && transform.code === 'index';
    const have = `${count(rows, 'row')} ${rows === 1 ? 'has' : 'have'}`;
    return `"${name}": ${have} a category not seen in training (${quote(example)}); ${isIndex ? 'its index is 0' : 'all of its inputs are 0'}.`;
  });
  return firstOf(warnings);
}

/** Warnings about missing values that were filled in. */
export function filledWarnings(filled: RowFindings['filled'], { features }: Encoding): string[] {
  return firstOf(
    features.flatMap((feature) => {
      const found = filled.get(feature.name);
      if (!found) return [];
      return [`"${feature.name}": ${count(found, 'missing value')} filled with ${showFill(transformOf(feature))}.`];
    }),
  );
}

/** Collects findings over several batches of rows. */
export class Findings {
  private readonly filled = new Map<string, number>();
  private readonly unknown = new Map<string, { rows: number; example: string }>();
  private unlabelled = 0;

  add({ filled, unknown }: RowFindings, unlabelled = 0): void {
    for (const [name, missing] of filled) this.filled.set(name, (this.filled.get(name) ?? 0) + missing);
    for (const [name, { rows, example }] of unknown) {
      const seen = this.unknown.get(name);
      this.unknown.set(name, { rows: (seen?.rows ?? 0) + rows, example: seen?.example ?? example });
    }
    this.unlabelled += unlabelled;
  }

  warnings(encoding: Encoding): string[] {
    const { target } = encoding;
    const without = this.unlabelled > 0 ? [`Left out ${count(this.unlabelled, 'row')} without "${target.name}".`] : [];
    return [...without, ...filledWarnings(this.filled, encoding), ...unknownWarnings(this.unknown, encoding)];
  }
}
