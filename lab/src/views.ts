/** The views, in the order of the navigation. A view's code is loaded when it is opened. */
import type { Component } from 'solid-js';
import type { Lab } from './state/lab.ts';
import type { WorkerName } from './workers.ts';

export interface ViewProps {
  readonly lab: Lab;
}

export interface View {
  /** Its name in the address: `#step`. */
  readonly name: string;
  /** Its name in the navigation. */
  readonly title: string;
  /** One sentence under the title: what a person can do here. */
  readonly about: string;
  /** The worker that it needs first. */
  readonly worker: WorkerName;
  readonly load: () => Promise<{ readonly default: Component<ViewProps> }>;
}

export const views: readonly View[] = [
  {
    name: 'step',
    title: 'Step',
    about: 'Walk through one training step, number by number.',
    worker: 'explain',
    load: () => import('./views/step/step.tsx'),
  },
  {
    name: 'playground',
    title: 'Playground',
    about: 'Watch a small network learn, and change it while it learns.',
    worker: 'training',
    load: () => import('./views/playground/playground.tsx'),
  },
  {
    name: 'digits',
    title: 'Digits',
    about: 'Draw a digit, and see what a network of 784 inputs makes of it.',
    worker: 'digits',
    load: () => import('./views/digits/digits.tsx'),
  },
  {
    name: 'table',
    title: 'Table',
    about: 'Train on a table of your own, and ask the model.',
    worker: 'table',
    load: () => import('./views/table/table.tsx'),
  },
  {
    name: 'graph',
    title: 'Graph',
    about: 'Learn vectors for the nodes of a graph, and watch the map form.',
    worker: 'graph',
    load: () => import('./views/graph/graph.tsx'),
  },
  {
    name: 'audit',
    title: 'Audit',
    about: 'Compare the printed numbers of a worked example with the computed ones.',
    worker: 'audit',
    load: () => import('./views/audit/audit.tsx'),
  },
];

export const viewNamed = (name: string): View | undefined => views.find((view) => view.name === name);
