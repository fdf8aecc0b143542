/** The layers that an experiment file may name. To add one, add its entry here. */
import { denseEntry } from './dense.ts';
import { dropoutEntry } from './dropout.ts';

export const layerEntries = [denseEntry, dropoutEntry] as const;
