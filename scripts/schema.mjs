// Writes the JSON Schema of the experiment file, for completion in editors, next to the compiled code.
import { writeFileSync } from 'node:fs';
import { experimentJsonSchema } from '../dist/index.js';

const file = new URL('../dist/experiment.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(experimentJsonSchema(), null, 2)}\n`);
