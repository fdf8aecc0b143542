/** The program that trains an experiment with the library: the same network, rows and training, as a person would write it. */
import type { ExperimentJson } from 'chainrule';
import { literal } from './literal.ts';

/** The names that the program imports. */
class Imports {
  private readonly names = new Set<string>();

  use(name: string): string {
    this.names.add(name);
    return name;
  }

  get list(): string {
    return [...this.names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)).join(', ');
  }
}

type Recipe = string | ({ readonly name: string } & Readonly<Record<string, unknown>>);
type LayerJson = ExperimentJson['network']['layers'][number];

/** A program for Node in TypeScript, which is JavaScript too: it needs no types of its own. */
export function typescriptProgram(experiment: ExperimentJson): string {
  const imports = new Imports();
  const { network, data, training, seed = 1 } = experiment;
  const layers = network.layers.map((layer) => `  ${layerText(layer, imports)},`).join('\n');
  const options = Object.entries({ ...(network.inputs !== undefined && { inputs: network.inputs }), seed });
  const { loss, optimizer, ...rest } = training;
  const settings = [
    `  loss: ${recipeText(loss as Recipe, imports)},`,
    `  optimizer: ${optimizerText(optimizer as Recipe, imports)},`,
    ...Object.entries(rest).map(([key, value]) => `  ${key}: ${literal(value)},`),
  ];
  const isTable = 'file' in data;
  for (const name of ['network', 'train']) imports.use(name);
  const lines = [
    `// Trains a network with chainrule. Run it with: npm i chainrule && npx tsx train.ts`,
    `import { ${isTable ? 'readFileSync, ' : ''}writeFileSync } from 'node:fs';`,
    `import { ${imports.list} } from 'chainrule';`,
    ...(isTable ? [`import { readTableFile } from 'chainrule/data';`] : []),
    '',
    ...rowLines(data),
    '',
    `const net = network([\n${layers}\n], { ${options.map(([key, value]) => `${key}: ${value}`).join(', ')} });`,
    '',
    `const run = train(net, ${dataText(data)}, {\n${settings.join('\n')}\n});`,
    'for await (const { epoch, loss } of run) console.log(epoch, loss);',
    '',
    `const { model, loss, ${isTable ? 'validation, test, ' : ''}stop } = await run;`,
    `console.log({ stop, loss${isTable ? ', validation, test' : ''} });`,
    "writeFileSync('model.safetensors', model.save());",
  ];
  return `${lines.join('\n')}\n`;
}

/** The lines that define the rows. */
function rowLines(data: ExperimentJson['data']): string[] {
  if (!('file' in data)) return [`const data = ${literal(data)};`];
  const { file, missing, notMissing } = data;
  const reading = literal({ name: file, missing, notMissing });
  return [`const table = await readTableFile(readFileSync(${literal(file)}), ${reading});`];
}

/** The argument with the rows. The options of a table are in the call, which gives them their types. */
function dataText(data: ExperimentJson['data']): string {
  if (!('file' in data)) return 'data';
  const { file: _, missing: _missing, notMissing: _notMissing, ...options } = data;
  const kept = Object.entries(options).map(([key, value]) => `  ${key}: ${literal(value)},\n`);
  return `{\n  table,\n${kept.join('')}}`;
}

/** `relu`, or `leakyRelu({ slope: 0.2 })`. */
function recipeText(recipe: Recipe, imports: Imports): string {
  if (typeof recipe === 'string') return imports.use(recipe);
  const { name, ...options } = recipe;
  imports.use(name);
  return Object.keys(options).length === 0 ? name : `${name}(${literal(options)})`;
}

/** An optimizer, whose learning rate may be a schedule, which may be within another. */
function optimizerText(recipe: Recipe, imports: Imports): string {
  const { name, ...options } = typeof recipe === 'string' ? { name: recipe } : recipe;
  imports.use(name);
  const parts = Object.entries(options).map(([key, value]) => `${key}: ${scheduleText(value, imports)}`);
  return parts.length === 0 ? `${name}()` : `${name}({ ${parts.join(', ')} })`;
}

function scheduleText(value: unknown, imports: Imports): string {
  const isSchedule = (typeof value === 'object' && value !== null && 'name' in value) || typeof value === 'string';
  if (!isSchedule) return literal(value);
  const { name, ...options } = (typeof value === 'string' ? { name: value } : value) as { name: string };
  imports.use('schedules');
  const parts = Object.entries(options).map(([key, inner]) => `${key}: ${scheduleText(inner, imports)}`);
  return `schedules.${name}({ ${parts.join(', ')} })`;
}

/** `dense(32, { activation: relu })`. */
function layerText(layer: LayerJson, imports: Imports): string {
  if ('residual' in layer) {
    imports.use('residual');
    return `residual([${layer.residual.map((each) => layerText(each as LayerJson, imports)).join(', ')}])`;
  }
  if ('activate' in layer) {
    imports.use('activate');
    return `activate(${recipeText(layer.activate as Recipe, imports)})`;
  }
  const [[kind, first], ...options] = Object.entries(layer).sort(
    ([a], [b]) => Number(kinds.has(b)) - Number(kinds.has(a)),
  );
  imports.use(kind);
  const parts = options.map(([key, value]) => {
    const isRecipe = key === 'activation' || key === 'initializer';
    return `${key}: ${isRecipe ? recipeText(value as Recipe, imports) : literal(value)}`;
  });
  const given = [...(first === true ? [] : [literal(first)]), ...(parts.length > 0 ? [`{ ${parts.join(', ')} }`] : [])];
  return `${kind}(${given.join(', ')})`;
}

/** The key that names a layer. */
const kinds = new Set(['dense', 'dropout', 'batchNorm', 'layerNorm', 'embedding']);
