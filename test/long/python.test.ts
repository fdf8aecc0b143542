/** Python parses the exported Python file, and its texts are those of the model. Needs a python3. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { toPyTorch } from '../../src/formats/index.ts';
import { hostileModels } from '../hostile-models.ts';

/** Reads a file from stdin; writes its string constants, docstrings and labels, and the names that it uses, as JSON. */
const reader = `
import ast, json, sys
tree = ast.parse(sys.stdin.read())
nodes = list(ast.walk(tree))
strings = [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
names = sorted({n.id for n in nodes if isinstance(n, ast.Name)} | {n.attr for n in nodes if isinstance(n, ast.Attribute)})
labels = [ast.literal_eval(n.value) for n in tree.body if isinstance(n, ast.Assign) and n.targets[0].id == "labels"]
print(json.dumps({"strings": strings, "names": names, "labels": labels[0] if labels else []}))
`;

const models = await hostileModels();
const plain = models.map(({ model }) => read(toPyTorch({ ...model, encoding: renamed(model.encoding!) }, 'w').python));

/** The same encoding with harmless names. */
function renamed<T>(value: T): T {
  let count = 0;
  return JSON.parse(JSON.stringify(value), (key, inner) => {
    if (key === 'name') return `column ${++count}`;
    return inner;
  });
}

function read(python: string): { strings: string[]; names: string[]; labels: unknown[] } {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', reader], { input: python, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

test.each(models.map((hostile, i) => ({ ...hostile, i })))(
  '$name: it parses, and has the texts of the model',
  ({ model, i }) => {
    const { strings, names, labels } = read(toPyTorch(model, 'w"\\n').python);
    const { features, target } = model.encoding!;
    expect(names).toEqual(plain[i].names);
    for (const { name } of features) expect(strings).toContain(name);
    expect(strings).toContain('w"\\n');
    if (target.kind === 'classes') expect(labels).toEqual(target.values);
    if (target.kind === 'number') expect(strings).toContain(`${target.name}, in the units of the training table.`);
  },
);
