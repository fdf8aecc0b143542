import { describe, expect, test, vi } from 'vitest';
import { hostileNames } from '../../../test/hostile.ts';
import { printableLine } from '../../base/printable.ts';
import { errorText, Terminal } from './terminal.ts';

// whether there are colours is then a matter of the stream alone
vi.mock('picocolors', () => ({ default: { isColorSupported: true } }));

/** What is written while `call` runs, on a terminal or not. */
function written(call: (terminal: Terminal) => void, { isTTY = false, json = false } = {}): string {
  const out: string[] = [];
  const streams = [process.stdout, process.stderr];
  const take = (text: string | Uint8Array) => {
    out.push(String(text));
    return true;
  };
  const spies = streams.map((stream) => vi.spyOn(stream, 'write').mockImplementation(take));
  const before = streams.map((stream) => stream.isTTY);
  for (const stream of streams) stream.isTTY = isTTY;
  vi.stubEnv('TERM', 'dumb');
  try {
    call(new Terminal({ json }));
  } finally {
    for (const spy of spies) spy.mockRestore();
    streams.forEach((stream, i) => {
      stream.isTTY = before[i];
    });
    vi.unstubAllEnvs();
  }
  return out.join('');
}

/** Characters that do something to a terminal. */
const steering = /(?![\n\t])[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/u;
const sinks: Readonly<Record<string, (terminal: Terminal, name: string) => void>> = {
  say: (terminal, name) => terminal.say(`The file ${name} is there.`),
  title: (terminal, name) => terminal.title(name),
  warn: (terminal, name) => terminal.warn(name),
  alert: (terminal, name) => terminal.alert([name]),
  result: (terminal, name) => terminal.result({}, name),
  document: (terminal, name) => terminal.document(`${name}\n`),
  path: (terminal, name) => terminal.say(terminal.path(name)),
  table: (terminal, name) => terminal.say(terminal.table([name, 'b'], [[name, '1']], [1])),
  wrap: (terminal, name) => terminal.say(terminal.wrap(name)),
};

describe.each(Object.entries(sinks))('%s', (_name, sink) => {
  test('shows every name, and passes no control sequence to the terminal', () => {
    for (const name of hostileNames) {
      const text = written((terminal) => sink(terminal, name));
      expect(text).not.toMatch(steering);
      const first = printableLine(name).slice(0, 8).trim();
      expect(text.replaceAll('\n', '\\n')).toContain(first.replaceAll('\n', '\\n').slice(0, 4));
    }
  });

  test('with --json, too', () => {
    for (const name of hostileNames)
      expect(written((terminal) => sink(terminal, name), { json: true })).not.toMatch(steering);
  });
});

test("chainrule's colors reach a terminal, and those in a name do not", () => {
  const text = written((terminal) => terminal.say(terminal.colors.red('\u001b[32mok\u001b[39m')), {
    isTTY: true,
  });
  expect(text).toBe('\u001b[31m\\x1b[32mok\\x1b[39m\u001b[39m\n');
});

test('in a table on a terminal, names are text and the head is bold', () => {
  const text = written(
    (terminal) => terminal.say(terminal.table(['a'], [[terminal.colors.green('1')], ['\u001b[31m2']])),
    { isTTY: true },
  );
  expect(text).toContain('\u001b[32m1\u001b[39m');
  expect(text).toContain('\\x1b[31m2');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const found = new Set(text.match(/\u001b\[?\d*m?/g));
  for (const code of found) expect(['\u001b[1m', '\u001b[22m', '\u001b[32m', '\u001b[39m']).toContain(code);
});

test('the frame of a table is straight, whatever its cells contain', () => {
  const text = written((terminal) =>
    terminal.say(
      terminal.table(
        ['name', 'b'],
        [
          ['two\nlines', '1'],
          ['\u202egnp.exe', '2'],
          ['x'.repeat(100_000), '3'],
        ],
      ),
    ),
  );
  const lines = text.trimEnd().split('\n');
  expect(new Set(lines.map((line) => [...line].length)).size).toBe(1);
  expect(lines).toHaveLength(7);
  expect(text.length).toBeLessThan(1500);
});

test('JSON on standard output reads back the same, and does nothing to a terminal', () => {
  const document = Object.fromEntries(hostileNames.map((name) => [name, [name, Number.NaN]]));
  const text = written((terminal) => terminal.result(document), { json: true });
  expect(text).not.toMatch(steering);
  expect(JSON.parse(text)).toEqual(Object.fromEntries(hostileNames.map((name) => [name, [name, null]])));
});

test('a word of 100 kB does not fill the screen', () => {
  const text = written((terminal) => terminal.say(terminal.wrap(`The column "${'x'.repeat(100_000)}" is text.`)));
  expect(text.length).toBeLessThan(4200);
  expect(text).toMatch(/is text\.\n$/);
});

test('an error contains only text', () => {
  expect(errorText('a\u001b[2J')).toBe('error a\\x1b[2J\n');
});
