/**
 * The PyTorch program that trains an experiment: chainrule's file that rebuilds the network, with its starting weights, and a
 * loop that trains it on the encoded rows. What it cannot write is refused with the reason; what differs is in its first lines.
 */
import { type ExperimentJson, InputError, type Setup } from 'chainrule';

/** The names of the files beside the program. */
export const fileNames = { start: 'start.safetensors', data: 'data.safetensors' } as const;

type Options = Readonly<Record<string, unknown>>;
interface Recipe {
  readonly name: string;
  readonly options: Options;
}

function refuse(what: string, where: string): never {
  throw new InputError({
    what: `${what} is not in the PyTorch program`,
    where,
    fix: 'Take the TypeScript program, or the model for PyTorch: chainrule export model.safetensors model.py.',
  });
}

/** The program. `rebuild` is the Python file of `toPyTorch` for the network before its first update. */
export function pytorchProgram(rebuild: string, setup: Setup, json: ExperimentJson): string {
  checkSupported(setup, json);
  const { recipe, schedule, validation, weights, network, batchSize, shuffle } = setup;
  const rows = setup.inputs.shape[0];
  const { stop } = schedule;
  const size = batchSize === 'full' ? rows : Math.min(batchSize, rows);
  const isBest = schedule.keep === 'best';
  const penalty = [
    ...(recipe.l1 > 0 ? [`${recipe.l1} * sum(w.abs().sum() for w in penalized)`] : []),
    ...(recipe.l2 > 0 ? [`${recipe.l2} / 2 * sum((w * w).sum() for w in penalized)`] : []),
  ].join(' + ');
  const clip = [
    ...(recipe.clipNorm === undefined ? [] : [`nn.utils.clip_grad_norm_(model.parameters(), ${recipe.clipNorm})`]),
    ...(recipe.clipValue === undefined ? [] : [`nn.utils.clip_grad_value_(model.parameters(), ${recipe.clipValue})`]),
  ];
  const weighted = weights === undefined ? '' : ', weights[batch]';
  const checks = [
    ...(stop.loss === undefined ? [] : [`total / count <= ${stop.loss}`]),
    ...(stop.patience === undefined ? [] : [`waited >= ${stop.patience}`]),
  ];
  return `${header(setup)
    .map((line) => `# ${line}`.trimEnd())
    .join('\n')}
${withImports(rebuild)}

data = load_file(Path(__file__).with_name("${fileNames.data}"))
inputs, targets = data["inputs"], data["targets"]
${weights === undefined ? '' : 'weights = data["weights"]\n'}count = ${weights === undefined ? 'len(inputs)' : 'weights.sum().item()'}
penalized = [module.weight for module in model if isinstance(module, nn.Linear)]


def loss_of(inputs, targets, weights=None):
    """The mean of the rows' losses, each times its weight if there are weights."""
    ${lossText(recipe.loss)}
    return rows.mean() if weights is None else (weights[:, 0] * rows).sum() / weights.sum()


def penalty():
    return ${penalty || '0.0'}


optimizer = ${optimizerText(recipe.optimizer)}
torch.manual_seed(${network.seed})
best, lowest, waited = None, float("inf"), 0
for epoch in range(1, ${(stop.epochs ?? 0) + 1}):
    model.train()
    order = ${shuffle ? 'torch.randperm(len(inputs))' : 'torch.arange(len(inputs))'}
    total = 0.0
    for batch in order.split(${size}):
        optimizer.zero_grad()
        loss = loss_of(inputs[batch], targets[batch]${weighted}) + penalty()
        loss.backward()
${clip.map((line) => `        ${line}\n`).join('')}        optimizer.step()
        total += loss.item() * ${weights === undefined ? 'len(batch)' : 'weights[batch].sum().item()'}
    model.eval()
    with torch.no_grad():
        score = ${validation === undefined ? 'total / count' : 'loss_of(data["validation.inputs"], data["validation.targets"]).item()'}
    print(epoch, total / count${validation === undefined ? '' : ', score'})
    waited = 0 if score < lowest${stop.minDelta ? ` - ${stop.minDelta}` : ''} else waited + 1
    if score < lowest:
        lowest = score
${isBest ? '        best = {name: value.clone() for name, value in model.state_dict().items()}\n' : ''}${checks.length === 0 ? '' : `    if ${checks.join(' or ')}:\n        break\n`}
if best is not None:
    model.load_state_dict(best)
model.eval()
with torch.no_grad():
    print("final training loss", (loss_of(inputs, targets${weights === undefined ? '' : ', weights'}) + penalty()).item())
${validation === undefined ? '' : '    print("validation loss", loss_of(data["validation.inputs"], data["validation.targets"]).item())\n'}`;
}

/** What the program needs, and how it differs. */
function header({ shuffle, network, validation, schedule }: Setup): string[] {
  const isRandom = network.layers.some(({ kind }) => kind === 'dropout');
  return [
    'Trains the network of a chainrule experiment with PyTorch: the same starting weights, encoded rows, loss and optimizer.',
    `Needs: pip install torch safetensors; beside it ${fileNames.start} and ${fileNames.data}.`,
    shuffle
      ? 'What differs: PyTorch shuffles the rows in its own order, so the numbers agree only on the whole.'
      : 'Without shuffling, the numbers agree up to rounding.',
    ...(isRandom ? ['Dropout draws other units than in chainrule.'] : []),
    ...(schedule.stop.patience !== undefined && validation === undefined
      ? ['Without validation rows, patience observes the loss during the epoch.']
      : []),
    'It does not stop when training diverges.',
    '',
  ];
}

/** The loss of each row, `rows`, from `inputs` and `targets`. Two losses take the sums before the last activation. */
function lossText({ name, options }: Recipe): string {
  const error = 'errors = model(inputs) - targets';
  const lines: Readonly<Record<string, readonly string[]>> = {
    halfMse: [error, 'rows = (errors * errors).sum(dim=1) / 2'],
    mse: [error, 'rows = (errors * errors).mean(dim=1)'],
    mae: [error, 'rows = errors.abs().mean(dim=1)'],
    huber: [
      `rows = nn.functional.huber_loss(model(inputs), targets, reduction="none", delta=${options.delta ?? 1}).mean(dim=1)`,
    ],
    logCosh: [error, 'rows = (errors.abs() + nn.functional.softplus(-2 * errors.abs()) - math.log(2)).mean(dim=1)'],
    crossEntropy: ['rows = nn.functional.cross_entropy(model[:-1](inputs), targets, reduction="none")'],
    binaryCrossEntropy: [
      'logits = model[:-1](inputs)',
      'rows = nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none").mean(dim=1)',
    ],
    hinge: ['rows = (1 - targets * model(inputs)).clamp(min=0).mean(dim=1)'],
  };
  return (lines[name] ?? refuse(`the loss ${name}`, 'training.loss')).join('\n    ');
}

/** PyTorch's class for an optimizer, with the default decay rates where it has a pair of them. */
const classes: Readonly<Record<string, { readonly name: string; readonly betas?: true }>> = {
  sgd: { name: 'SGD' },
  adam: { name: 'Adam', betas: true },
  adamW: { name: 'AdamW', betas: true },
  rmsprop: { name: 'RMSprop' },
  adagrad: { name: 'Adagrad' },
  adadelta: { name: 'Adadelta' },
  adamax: { name: 'Adamax', betas: true },
  nadam: { name: 'NAdam', betas: true },
  radam: { name: 'RAdam', betas: true },
  rprop: { name: 'Rprop' },
};

/** Options by their names in PyTorch. */
const renamed: Readonly<Record<string, string>> = {
  learningRate: 'lr',
  momentum: 'momentum',
  dampening: 'dampening',
  nesterov: 'nesterov',
  weightDecay: 'weight_decay',
  epsilon: 'eps',
  amsgrad: 'amsgrad',
  alpha: 'alpha',
  centered: 'centered',
  learningRateDecay: 'lr_decay',
  rho: 'rho',
  momentumDecay: 'momentum_decay',
};

const pairs: readonly {
  readonly name: string;
  readonly keys: readonly [string, string];
  readonly defaults: readonly [number, number];
}[] = [
  { name: 'betas', keys: ['beta1', 'beta2'], defaults: [0.9, 0.999] },
  { name: 'etas', keys: ['etaMinus', 'etaPlus'], defaults: [0.5, 1.2] },
  { name: 'step_sizes', keys: ['minStep', 'maxStep'], defaults: [1e-6, 50] },
];

function optimizerText({ name, options }: Recipe): string {
  const found = classes[name] ?? refuse(`the optimizer ${name}`, 'training.optimizer');
  const given = { ...options };
  if (given.epsilonPlacement === 'afterCorrection') delete given.epsilonPlacement;
  const parts: string[] = [];
  for (const { name: pair, keys, defaults } of pairs) {
    const values = keys.map((key, i) => given[key] ?? defaults[i]);
    const isThere = keys.some((key) => given[key] !== undefined);
    for (const key of keys) delete given[key];
    if (isThere) parts.push(`${pair}=(${values.join(', ')})`);
  }
  for (const [key, value] of Object.entries(given)) {
    if (typeof value === 'object' && value !== null) refuse('a schedule of the learning rate', 'training.optimizer');
    const theirs = renamed[key] ?? refuse(`the option ${key} of ${name}`, 'training.optimizer');
    parts.push(`${theirs}=${value === true ? 'True' : value === false ? 'False' : value}`);
  }
  return `torch.optim.${found.name}(${['model.parameters()', ...parts].join(', ')})`;
}

function checkSupported({ recipe, schedule, stream, feeds }: Setup, { network, training }: ExperimentJson): void {
  if (stream !== undefined) refuse('a table that does not fit in memory', 'data');
  if (feeds !== undefined) refuse('a network with several inputs', 'network');
  if (recipe.gradient !== 'exact') refuse('the gradient of averaged factors', 'training.gradient');
  if (recipe.update !== 'simultaneous') refuse('the sequential update', 'training.update');
  if (recipe.ema !== undefined) refuse('the running average of the weights', 'training.ema');
  for (const key of ['seconds', 'gradientNorm', 'watch'] as const) {
    if (schedule.stop[key] !== undefined) refuse(`stopping by ${key}`, 'training.stop');
  }
  if (schedule.stop.epochs === undefined) refuse('a training without a number of epochs', 'training.stop');
  const isPlain = network.layers.every((layer) => ['dense', 'dropout', 'activate'].some((key) => key in layer));
  if ((training.l1 || training.l2) && !isPlain) refuse('a penalty on the weights of these layers', 'training');
  if (network.layers.some((layer) => 'trainable' in layer)) refuse('a layer that is not trained', 'network.layers');
}

/** The file with the modules that the loop needs too. */
const withImports = (rebuild: string): string =>
  rebuild.includes('\nimport math\n') ? rebuild : rebuild.replace('\nfrom ', '\nimport math\nfrom ');
