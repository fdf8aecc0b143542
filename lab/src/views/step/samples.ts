/** Going from one sample of the batch to another. */
import type { LineData, NumberData, StepData } from './protocol.ts';

/** The sample before or after one in the batch, or undefined at its end. Samples are rows of the file. */
export function neighborOf(sample: number, batch: readonly number[], by: 1 | -1): number | undefined {
  const at = batch.indexOf(sample);
  return at === -1 ? undefined : batch[at + by];
}

/** The address of the same number of another sample: `gradient(layers.0.sum[1][0])` of sample 4 is `gradient(layers.0.sum[4][0])`. */
export const keyOfSample = (key: string, from: number, to: number): string =>
  key.replace(/\b(?!weight\b)(\w+)\[(\d+)\](?=\[)/g, (text, name, row) =>
    Number(row) === from ? `${name}[${to}]` : text,
  );

/** The line of another sample that computes the same as a line, or else the sample's first; -1 if it has none. */
export function lineOfSample(data: StepData, line: LineData | undefined, to: number): number {
  const number: NumberData | undefined = line === undefined ? undefined : data.numbers[line.number];
  if (number !== undefined && line?.sample !== undefined) {
    const key = keyOfSample(number.key, line.sample, to);
    const same = data.numbers.find((each) => each.key === key && each.sample === to)?.line;
    if (same !== undefined) return same;
  }
  return data.lines.findIndex(({ sample }) => sample === to);
}
