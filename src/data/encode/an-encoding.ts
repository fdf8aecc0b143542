/** The check of an encoding as an argument, without the kinds of features and targets. */
import { kind } from '../../base/arguments.ts';
import type { Encoding } from './encoding.ts';

/** An encoding by its form. */
export const anEncoding = kind(
  'an encoding',
  ({ features, target }: Encoding) => Array.isArray(features) && typeof target.kind === 'string',
  'Pass the encoding of a model, model.encoding, or of prepareTable.',
);
