/**
 * Mutations of JSON that keep it JSON: types, keys, numbers, texts and subtrees change, so that they test the readers
 * of the values and not only the parser.
 */

/** An object as its entries, so that a key may occur twice or be `__proto__`; and a text that is written unchanged. */
type Tree = Entries | Tree[] | Raw | string | number | boolean | null;
class Entries {
  readonly list: [key: string, value: Tree][];
  constructor(list: [string, Tree][]) {
    this.list = list;
  }
}
class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Random = () => number;

function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return value.map(treeOf);
  if (typeof value !== 'object' || value === null) return value as Tree;
  return new Entries(Object.entries(value).map(([key, inner]) => [key, treeOf(inner)]));
}

function textOf(tree: Tree): string {
  if (tree instanceof Raw) return tree.text;
  if (tree instanceof Entries)
    return `{${tree.list.map(([key, value]) => `${JSON.stringify(key)}:${textOf(value)}`).join(',')}}`;
  if (Array.isArray(tree)) return `[${tree.map(textOf).join(',')}]`;
  return JSON.stringify(tree) ?? 'null';
}

const nested = (depth: number, open: string, close: string) => new Raw(open.repeat(depth) + close.repeat(depth));

/** Names that every object has, and texts that could end the code around them. */
export const hostileTexts = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  '../../x',
  'a\u0000b',
  '"',
  "'",
  '\\',
  ['`$', '{process.exit(7)}`'].join(''),
  '*/ process.exit(8) /*',
  '"""+__import__("os").system("exit")+"""',
  'C:\\Users\\new\\N{x}',
  '</script><script>window.x=1</script>',
  '\u2028\u2029\u0085',
  '\ud800',
  '\u202egnp.exe',
  '\u001b]0;x\u0007\u001b[2J',
  'two\nlines\r\n',
  '=cmd|x',
  'NaN',
  '-Infinity',
  '1e999',
  '0',
  'true',
  'null',
  'x'.repeat(5000),
];

const values: readonly (() => Tree)[] = [
  () => null,
  () => true,
  () => false,
  () => 0,
  () => -0,
  () => -1,
  () => 1,
  () => 2,
  () => 0.5,
  () => 1e308,
  () => -1e308,
  () => 5e-324,
  () => 2 ** 31,
  () => 2 ** 32,
  () => 2 ** 53,
  () => 5e9,
  () => 300_000,
  () => new Raw('1e999'),
  () => new Raw('-1e999'),
  () => [],
  () => new Entries([]),
  () => [[]],
  () => [null],
  () => new Entries([['__proto__', new Entries([['name', 'x']])]]),
  () => nested(100, '[', ']'),
  () => nested(20_000, '[', ']'),
  () => new Raw(`${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`),
  () => Array.from({ length: 3000 }, () => 1),
];

/** The position of a value: the list or the object that contains it. */
interface Site {
  get(): Tree;
  set(value: Tree): void;
  remove(): void;
  /** The key of a value in an object. */
  rename?(key: string): void;
  repeat(): void;
}

function sitesOf(root: { tree: Tree }): Site[] {
  const sites: Site[] = [
    {
      get: () => root.tree,
      set: (value) => {
        root.tree = value;
      },
      remove: () => {},
      repeat: () => {},
    },
  ];
  const visit = (tree: Tree) => {
    if (tree instanceof Entries) {
      for (const entry of tree.list) {
        sites.push({
          get: () => entry[1],
          set: (value) => {
            entry[1] = value;
          },
          remove: () => tree.list.splice(tree.list.indexOf(entry), 1),
          rename: (key) => {
            entry[0] = key;
          },
          repeat: () => tree.list.push([entry[0], entry[1]]),
        });
        visit(entry[1]);
      }
    } else if (Array.isArray(tree)) {
      tree.forEach((inner, i) => {
        sites.push({
          get: () => tree[i],
          set: (value) => {
            tree[i] = value;
          },
          remove: () => tree.splice(i, 1),
          repeat: () => tree.splice(i, 0, inner),
        });
        visit(inner);
      });
    }
  };
  visit(root.tree);
  return sites;
}

const copy = (tree: Tree): Tree => {
  if (tree instanceof Entries) return new Entries(tree.list.map(([key, value]) => [key, copy(value)]));
  return Array.isArray(tree) ? tree.map(copy) : tree;
};

/** Values of other types. */
function retyped(tree: Tree, pick: <T>(list: readonly T[]) => T): Tree {
  if (typeof tree === 'number') return pick<Tree>([String(tree), [tree], tree > 0, null]);
  if (typeof tree === 'string') return pick<Tree>([Number(tree) || 0, [tree], new Entries([['name', tree]]), null]);
  if (tree instanceof Entries) return pick<Tree>([tree.list.map(([, value]) => value), [tree], 'object', null]);
  if (Array.isArray(tree)) return new Entries(tree.map((value, i) => [String(i), value]));
  return pick<Tree>([String(tree), 0, []]);
}

/** The text of a value with a few changes; `other` returns subtrees to insert. */
export function mutateJson(value: unknown, other: unknown, random: Random): string {
  const whole = (n: number) => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[whole(list.length)];
  const root = { tree: treeOf(value) };
  const changes = 1 + whole(random() < 0.7 ? 2 : 8) * Number(random() < 0.6);
  for (let c = 0; c < changes; c++) {
    const sites = sitesOf(root);
    const site = pick(sites);
    const before = site.get();
    switch (whole(10)) {
      case 0:
        site.set(pick(values)());
        break;
      case 1:
        site.set(pick(hostileTexts));
        break;
      case 2:
        site.set(retyped(before, pick));
        break;
      case 3:
        site.remove();
        break;
      case 4:
        site.repeat();
        break;
      case 5:
        if (site.rename === undefined) site.remove();
        else site.rename(pick(hostileTexts));
        break;
      case 6: {
        const from = pick(sites).get();
        site.set(copy(from));
        break;
      }
      case 7:
        site.set(copy(pick(sitesOf({ tree: treeOf(other) })).get()));
        break;
      case 8:
        if (before instanceof Entries) before.list.push([pick(hostileTexts), pick(values)()]);
        else if (Array.isArray(before)) before.push(pick(values)());
        else site.set(pick(hostileTexts));
        break;
      default:
        site.set(
          typeof before === 'number'
            ? pick([-before, before + 1, before * 1000, before / 3, -before - 1])
            : pick(hostileTexts),
        );
    }
  }
  return textOf(root.tree);
}
