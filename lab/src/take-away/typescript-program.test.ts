import { expect, test } from 'vitest';
import { penguins } from './fixtures.ts';
import { typescriptProgram } from './typescript-program.ts';

test('it reads as a person would write it', () => {
  expect(
    typescriptProgram(penguins),
  ).toBe(`// Trains a network with chainrule. Run it with: npm i chainrule && npx tsx train.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { adam, crossEntropy, dense, network, relu, schedules, softmax, train } from 'chainrule';
import { readTableFile } from 'chainrule/data';

const table = await readTableFile(readFileSync('penguins.csv'), { name: 'penguins.csv' });

const net = network([
  dense(8, { activation: relu }),
  dense(3, { activation: softmax }),
], { seed: 3 });

const run = train(net, {
  table,
  target: 'species',
  split: { validation: 0.2, test: 0.1 },
  scale: 'standard',
}, {
  loss: crossEntropy,
  optimizer: adam({ learningRate: schedules.warmup({ epochs: 2, schedule: schedules.cosine({ learningRate: 0.01 }) }) }),
  batchSize: 32,
  stop: { epochs: 8, patience: 20 },
});
for await (const { epoch, loss } of run) console.log(epoch, loss);

const { model, loss, validation, test, stop } = await run;
console.log({ stop, loss, validation, test });
writeFileSync('model.safetensors', model.save());
`);
});

test('nothing in a name can leave its text', () => {
  const target = `');process.exit(9)//\u2028\n\${"\`"}`;
  const program = typescriptProgram({ ...penguins, data: { file: `a'\\\n.csv`, target } });
  const line = program.split('\n').find((each) => each.includes('target:'))!;
  expect(new Function(`return {${line}}`)()).toEqual({ target });
});
