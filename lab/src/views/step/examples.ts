/** Networks that are worth walking through. */
import type { ExperimentJson } from 'chainrule';
import mazur from '../../../../examples/mazur-2-2-2.json';
import sklearn from '../../../../examples/sklearn-3-2-1.json';
import textbook from '../../../../examples/textbook-3-2-1.json';

export interface PrintedNumber {
  readonly quantity: string;
  readonly value: string;
  readonly after?: number;
}

export interface StepExample {
  readonly name: string;
  /** One sentence: what is worth noticing. */
  readonly hint: string;
  readonly title: string;
  readonly experiment: ExperimentJson;
  readonly printed: readonly PrintedNumber[];
}

interface WorkedExample {
  readonly title: string;
  readonly experiment: unknown;
  readonly printed: readonly PrintedNumber[];
}

const worked = (name: string, hint: string, { title, experiment, printed }: WorkedExample): StepExample => ({
  name,
  hint,
  title,
  experiment: experiment as ExperimentJson,
  printed,
});

const own = (name: string, hint: string, title: string, experiment: unknown): StepExample =>
  worked(name, hint, { title, experiment, printed: [] });

export const examples: readonly StepExample[] = [
  worked(
    'Textbook 3-2-1',
    'The page averages each factor of the chain rule before it multiplies: compare ∂E/∂w1 with the true gradient. Four of its printed numbers are wrong: find them.',
    textbook,
  ),
  worked(
    'Mazur 2-2-2',
    'Two outputs, so a hidden unit gets its gradient from both. Walk back to h1 and see the two terms.',
    mazur,
  ),
  worked(
    'scikit-learn 3-2-1',
    'The penalty on the weights adds its own part to each gradient. Sigmoid and cross-entropy together leave y − t.',
    sklearn,
  ),
  own(
    'XOR 2-3-1',
    'Type the same number over all weights of a hidden unit twice: two equal units stay equal forever.',
    'XOR',
    {
      network: {
        inputs: 2,
        layers: [
          {
            dense: 3,
            activation: 'tanh',
            weight: [
              [0.8, -0.6, 0.4],
              [-0.7, 0.9, 0.5],
            ],
            bias: [0.1, -0.2, 0.3],
          },
          { dense: 1, activation: 'sigmoid', weight: [[0.9], [-0.8], [0.5]], bias: [0] },
        ],
      },
      data: {
        inputs: [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ],
        targets: [[0], [1], [1], [0]],
      },
      training: {
        loss: 'binaryCrossEntropy',
        optimizer: { name: 'sgd', learningRate: 1 },
        batchSize: 'full',
        stop: { epochs: 2000 },
      },
      seed: 1,
    },
  ),
  own(
    'Softmax 2-3-3',
    'Softmax and cross-entropy are differentiated together: the gradient of each sum is the probability minus the target.',
    'Three classes',
    {
      network: {
        inputs: 2,
        layers: [
          {
            dense: 3,
            activation: 'relu',
            weight: [
              [0.5, -0.4, 0.3],
              [0.2, 0.7, -0.6],
            ],
            bias: [0.1, 0, 0.2],
          },
          {
            dense: 3,
            activation: 'softmax',
            weight: [
              [0.4, -0.2, 0.1],
              [-0.3, 0.5, 0.2],
              [0.6, 0.1, -0.5],
            ],
            bias: [0, 0, 0],
          },
        ],
      },
      data: {
        inputs: [
          [1, 0.5],
          [-0.5, 1],
          [0.3, -1],
        ],
        targets: [0, 1, 2],
      },
      training: {
        loss: 'crossEntropy',
        optimizer: { name: 'adam', learningRate: 0.05 },
        batchSize: 'full',
        stop: { epochs: 500 },
      },
      seed: 1,
    },
  ),
];

/** The example whose experiment this is, with nothing typed over. Which rule updates is a choice of the view. */
export function exampleOf(experiment: ExperimentJson): StepExample | undefined {
  const text = withoutRule(experiment);
  return examples.find((example) => withoutRule(example.experiment) === text);
}

/** The text of an experiment without its rule of the gradient. */
export const withoutRule = (experiment: ExperimentJson): string =>
  JSON.stringify({ ...experiment, training: { ...experiment.training, gradient: undefined } });
