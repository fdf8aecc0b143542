/** The data of a workload: pseudorandom inputs in [0, 1), and a class or a number for each row. */
export function dataOf({ sizes, rows, loss }) {
  const width = sizes[0];
  const outputs = sizes[sizes.length - 1];
  const inputs = new Float32Array(rows * width).map((_, i) => ((i * 7919 + 13) % 1009) / 1009);
  const targets = new Float32Array(rows * outputs).map((_, i) => {
    const row = Math.floor(i / outputs);
    return loss === 'crossEntropy' ? Number(i % outputs === row % outputs) : ((row * 5 + 1) % 7) / 7;
  });
  return { inputs, targets, width, outputs };
}

/** The rows of a tensor in one array. */
export const rowsOf = (numbers, width) =>
  Array.from({ length: numbers.length / width }, (_, r) => [...numbers.subarray(r * width, (r + 1) * width)]);
