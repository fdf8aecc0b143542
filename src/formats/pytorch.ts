/**
 * PyTorch: a Python file that rebuilds a network and loads its weights from a safetensors file in the same folder. PyTorch's
 * weights are [out, in], chainrule's are [in, out]. `state-dict.ts` is the reverse.
 */

import { aText, checkCall } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import { type Encoding, transformOf } from '../data/encode/encoding.ts';
import type { FeatureEncoding } from '../data/encode/features/index.ts';
import { affine } from '../data/encode/scaling.ts';
import { classesOf, columnsOf, numbersOf } from '../data/encode/targets/stored-target.ts';
import { markValues } from '../data/encode/transform.ts';
import { modelParts } from '../net/describe-model.ts';
import { layerShapes } from '../net/network.ts';
import { outputKind } from '../net/rows-setup.ts';
import { pythonNumber, pythonString, pythonText } from './literals.ts';
import { checkOneInput } from './one-input.ts';
import { toSafetensors } from './safetensors.ts';
import { transposed } from './transpose.ts';
import type { ModelToWrite } from './typescript/write.ts';

const python = pythonString;
const number = pythonNumber;

/** A number in Python: an int if it is whole. */
const whole = (value: number) => (Number.isSafeInteger(value) ? String(value) : number(value));

/** The modules of each layer, one on a line, and the name of each parameter in PyTorch. */
function modules({ network, inputs }: ModelToWrite) {
  checkOneInput(network, 'PyTorch');
  const lines: string[] = [];
  const names = new Map<string, string>();
  /** Classes that the file defines, and parameters that are not transposed. */
  const sources = new Set<string>();
  const plain = new Set<string>();
  const shapes = [[inputs], ...layerShapes(network, [inputs])];
  network.layers.forEach((layer, l) => {
    for (const { module, source, parameters = {} } of layer.torch?.(shapes[l]) ?? missing(layer.kind, l)) {
      for (const [own, theirs] of Object.entries(parameters)) {
        names.set(`layers.${l}.${own}`, `${lines.length}.${theirs}`);
        if (source !== undefined) plain.add(`layers.${l}.${own}`);
      }
      if (source !== undefined) sources.add(source);
      lines.push(source === undefined ? `nn.${module}` : module);
    }
  });
  return { lines, names, sources, plain };
}

function missing(kind: string, index: number): never {
  return fail({
    what: `${kind} has no counterpart in PyTorch`,
    where: `network.layers[${index}]`,
    fix: 'Export as onnx instead.',
  });
}

/** A feature of a row (a dict) as a list of numbers, in Python. */
function featureText(feature: FeatureEncoding): string {
  const transform = transformOf(feature);
  // the cell of a numeric column may be a text
  const marks = markValues(transform).flatMap((mark) =>
    typeof mark === 'number' ? [number(mark), python(String(mark))] : [python(mark)],
  );
  const given = `row.get(${python(feature.name)})`;
  const cell = marks.length === 0 ? given : `_unless(${given}, [${marks.join(', ')}])`;
  if (transform.cell === 'category') {
    const { values, fill, of, code } = transform;
    const text = of === 'boolean' ? 'str(x).lower()' : of === 'number' ? '_number(x)' : 'str(x)';
    const call = code === 'index' ? '_index' : '*_one_hot';
    return `${call}(${cell}, ${python(fill)}, [${values.map(python).join(', ')}], lambda x: ${text}),`;
  }
  const { fill, scaling, periods } = transform;
  const [offset, divisor] = affine(scaling ?? 'none').map(number);
  const value = `${transform.cell === 'date' ? '_date' : '_or'}(${cell}, ${number(fill)})`;
  if (scaling !== undefined && periods.length === 0) return `(${value} - ${offset}) / ${divisor},`;
  const scale = scaling === undefined ? 'None' : `(${offset}, ${divisor})`;
  return `*_numeric(${value}, ${scale}, [${periods.map(number).join(', ')}]),`;
}

const helpers = `def _or(x, fill):
    return fill if x is None or x == "" or x != x else float(x)


def _number(x):
    return str(int(float(x))) if float(x).is_integer() else str(float(x))


def _index(x, fill, values, text):
    x = fill if x is None or x == "" or x != x else text(x)
    return 1.0 + values.index(x) if x in values else 0.0


def _one_hot(x, fill, values, text):
    x = fill if x is None or x == "" or x != x else text(x)
    return [float(x == value) for value in values]


`;

const markHelper = `def _unless(x, marks):
    return None if x in marks else x


`;

const dateHelper = `def _date(x, fill):
    """A date of ISO 8601 (in UTC, where it has no offset), or a datetime, as days since 1970-01-01."""
    if x is None or x == "" or x != x:
        return fill
    x = datetime.fromisoformat(f"{x}-01" if len(str(x)) == 7 else str(x).strip().replace("Z", "+00:00"))
    return x.replace(tzinfo=x.tzinfo or timezone.utc).timestamp() / 86400


`;

const numericHelper = `def _numeric(x, scaling, periods):
    """A value, scaled, and its sine and cosine in cycles of these lengths."""
    angles = [2 * math.pi * (x / period % 1.0) for period in periods]
    scaled = [] if scaling is None else [(x - scaling[0]) / scaling[1]]
    return scaled + [f(angle) for angle in angles for f in (math.sin, math.cos)]


`;

function tableText({ features, target }: Encoding, kind: string): string {
  const rows = features.map((feature) => `            ${featureText(feature)}`).join('\n');
  const encode = `def encode(rows):
    """Encodes rows, dicts by column, as the network's inputs. A column that is left out counts as missing."""
    return torch.tensor(
        [[
${rows}
        ] for row in rows],
        dtype=dtype,
    )


`;
  const several = columnsOf(target);
  if (several !== undefined) {
    const each = several.columns.map(({ name, scaling }, k) => {
      const [offset, divisor] = affine(scaling);
      return `${python(name)}: y[${k}] * ${number(divisor)} + ${number(offset)}`;
    });
    return `${encode}@torch.no_grad()
def predict(rows):
    """Predictions by column, in the units of the training table."""
    return [{${each.join(', ')}} for y in model(encode(rows)).tolist()]
`;
  }
  const classes = classesOf(target);
  if (classes === undefined) {
    const [offset, divisor] = affine(numbersOf(target)[0].scaling);
    return `${encode}@torch.no_grad()
def predict(rows):
    """${pythonText(target.name)}, in the units of the training table."""
    return (model(encode(rows))[:, 0] * ${number(divisor)} + ${number(offset)}).tolist()
`;
  }
  const { values, of, coding } = classes;
  const shown = values.map((value) =>
    of === 'text' ? python(value) : of === 'boolean' ? (value === 'true' ? 'True' : 'False') : whole(Number(value)),
  );
  const index = coding === 'oneHot' ? 'y.argmax(dim=1)' : `(y[:, 0] >= ${coding === 'sign' ? '0.0' : '0.5'}).int()`;
  const known = kind !== 'scores' && coding !== 'sign';
  const probabilities =
    coding === 'oneHot' ? (kind === 'logProbabilities' ? 'y.exp()' : 'y') : 'torch.cat([1 - y, y], dim=1)';
  return `labels = [${shown.join(', ')}]


${encode}@torch.no_grad()
def predict(rows):
    """Labels${known ? ', and the probability of each' : ''}."""
    y = model(encode(rows))
    found = [labels[i] for i in ${index}.tolist()]
    return ${known ? `found, ${probabilities}.tolist()` : 'found'}
`;
}

/** A Python file and the safetensors file that it loads, whose name is `weights`. */
export function toPyTorch(
  model: ModelToWrite,
  weights: string,
): { readonly python: string; readonly safetensors: Uint8Array } {
  checkCall('toPyTorch(model, weights)', { model: [model, modelParts], weights: [weights, aText] });
  const { lines, names, sources, plain } = modules(model);
  const { encoding, precision, network, loss, parameters } = model;
  const transforms = encoding?.features.map(transformOf) ?? [];
  const usesDates = transforms.some(({ cell }) => cell === 'date');
  const usesNumeric = transforms.some(
    (each) => each.cell !== 'category' && (each.scaling === undefined || each.periods.length > 0),
  );
  const text = `"""A network written by chainrule. Needs: pip install torch safetensors."""
${usesNumeric ? 'import math\n' : ''}${usesDates ? 'from datetime import datetime, timezone\n' : ''}from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

${[...sources].map((source) => `\n${source}\n\n`).join('')}dtype = torch.${precision}
model = nn.Sequential(
${lines.map((line) => `    ${line},`).join('\n')}
).to(dtype)
model.load_state_dict(load_file(Path(__file__).with_name(${python(weights)})))
model.eval()
`;
  const tensors = new Map(
    [...parameters].map(([name, each]) => [names.get(name)!, plain.has(name) ? each : transposed(each)]),
  );
  return {
    python:
      encoding === undefined
        ? text
        : `${text}\n\n${helpers}${transforms.some((each) => markValues(each).length > 0) ? markHelper : ''}${usesDates ? dateHelper : ''}${usesNumeric ? numericHelper : ''}${tableText(encoding, outputKind(network, loss))}`,
    safetensors: toSafetensors({ tensors, metadata: { format: 'pt' } }, precision),
  };
}
