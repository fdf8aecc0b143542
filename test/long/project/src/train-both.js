import { adam, crossEntropy, dense, network, relu, softmax, tanh, train } from 'chainrule';

/** Trains a small network in float64 and one that is worth two threads in float32; gives their weights as text. */
export async function trainBoth({ worker = false } = {}) {
  const rows = 200;
  const inputs = Array.from({ length: rows }, (_, r) =>
    Array.from({ length: 70 }, (_, c) => Math.fround(((r * 37 + c * 101) % 256) / 128 - 1)),
  );
  const targets = inputs.map((_, r) => [0, 1, 2, 3, 4].map((k) => Number(r % 5 === k)));
  const options = { loss: crossEntropy, optimizer: adam(), batchSize: 64, engine: 'wasm', worker };
  const small = await train(
    network([dense(6, { activation: tanh }), dense(5, { activation: softmax })]),
    { inputs: inputs.map((row) => row.slice(0, 4)), targets },
    { ...options, stop: { epochs: 100 } },
  );
  const large = await train(
    network([dense(130, { activation: relu }), dense(5, { activation: softmax })]),
    { inputs, targets },
    { ...options, precision: 'float32', threads: 2, stop: { epochs: 1500 } },
  );
  const shown = ({ model, engine, loss, warnings }) => ({
    engine: `${engine.name} ${engine.precision} ${engine.threads}`,
    loss: loss.final,
    warnings,
    weights: sum(model.save()),
  });
  return { small: shown(small), large: shown(large) };
}

/** FNV-1a of 32 bits: a page that is not secure has no digests. */
function sum(bytes) {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16);
}
