// Writes the JSON Schema of the experiment file, which editors complete from, beside the compiled code.
import { writeFileSync } from 'node:fs';
import { experimentJsonSchema } from '../dist/index.js';

const file = new URL('../dist/experiment.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(experimentJsonSchema(), null, 2)}\n`);
