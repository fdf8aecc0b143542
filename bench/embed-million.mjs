/**
 * Compares `chainrule embed --estimate` with the run: peak memory and processor time, on generated preferential-attachment graphs of ten
 * thousand nodes and of a million nodes with five million edges. Usage: node bench/embed-million.mjs [nodes …]
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const edgesPerNode = 5;

/** Random numbers from 0 up to 1. Source: Marsaglia, "Xorshift RNGs" (2003). */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Each new node has edges to nodes drawn by their degree. Source: Barabási and Albert, Science (1999). */
async function writeGraph(path, nodes) {
  const random = randomFrom(1);
  const ends = new Uint32Array(2 * nodes * edgesPerNode);
  const stream = createWriteStream(path);
  let count = 0;
  let text = '';
  for (let node = 1; node < nodes; node++) {
    const before = count;
    for (let i = 0; i < edgesPerNode; i++) {
      const to = before === 0 ? 0 : ends[Math.floor(random() * before)];
      ends[count++] = node;
      ends[count++] = to;
      text += `${node}\t${to}\n`;
    }
    if (text.length > 1e6) {
      if (!stream.write(text)) await once(stream, 'drain');
      text = '';
    }
  }
  stream.end(text);
  await once(stream, 'close');
}

/** Prints the peak of the process's own memory, which the system counts since its start. */
const peak =
  'data:text/javascript,' +
  encodeURIComponent(
    "import { readFileSync } from 'node:fs'; process.on('exit', () => process.stderr.write(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]))",
  );

function embed(words) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', peak, main, 'embed', ...words, '--json'],
    {
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(stderr);
  return { document: JSON.parse(stdout), bytes: 1024 * Number(/\d+$/.exec(stderr.trim())[0]) };
}

const mib = (bytes) => Math.round(bytes / 2 ** 20);

async function compare(nodes) {
  const folder = mkdtempSync(join(tmpdir(), 'chainrule-million-'));
  try {
    const edges = join(folder, 'edges.tsv');
    await writeGraph(edges, nodes);
    const out = join(folder, 'vectors.bin');
    const short = nodes > 100_000 ? ['--walks-per-node', '1', '--walk-length', '10'] : [];
    const words = [edges, '--method', 'node2vec', '--dimensions', '64', '--threads', '1', ...short];
    const before = loadavg()[0];
    const { document: estimate } = embed([...words, '--estimate']);
    const { document: run, bytes } = embed([...words, '--out', out]);
    if (!existsSync(out)) throw new Error('no vectors');
    return {
      nodes,
      'MiB estimated': mib(estimate.bytes.peak),
      'MiB peak': mib(bytes),
      'memory ratio': Number((estimate.bytes.peak / bytes).toFixed(3)),
      'seconds estimated': Number(estimate.processorSeconds.toFixed(2)),
      'processor seconds': Number(run.processorSeconds.toFixed(2)),
      'time ratio': Number((estimate.processorSeconds / run.processorSeconds).toFixed(3)),
      load: before.toFixed(1),
      parts: estimate.bytes,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const sizes = process.argv.slice(2).map(Number);
console.log(`${cpus()[0].model}, Node ${process.version}`);
for (const nodes of sizes.length > 0 ? sizes : [10_000, 1_000_000]) console.log(await compare(nodes));
