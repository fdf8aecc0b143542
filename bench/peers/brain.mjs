/** brain.js: its plain network, which updates after each sample. A step here is a pass over the batch. */
import brain from 'brain.js';
import { data, rowsOf, serve, workload } from './serve.mjs';

const { sizes, batch, rate } = workload;
const { inputs, targets, width, outputs } = data();
const input = rowsOf(inputs, width);
const output = rowsOf(targets, outputs);
const samples = input.slice(0, batch).map((row, i) => ({ input: row, output: output[i] }));
const net = new brain.NeuralNetwork({ hiddenLayers: sizes.slice(1, -1), activation: 'sigmoid' });

await serve((count) => net.train(samples, { iterations: count, errorThresh: 1e-15, learningRate: rate }).error);
