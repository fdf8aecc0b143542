/** The error for a complete checkpoint that belongs to another training. */
import { InputError } from '../base/errors.ts';

export class ForeignCheckpoint extends InputError {}
