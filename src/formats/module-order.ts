/** The order of a model's modules, from the numbers in their names and from what each place needs. */

/** A part of a name between dots: its text without numbers, and its numbers. */
interface NamePart {
  readonly text: string;
  readonly pattern: string;
  readonly numbers: readonly number[];
}

const partsOf = (name: string): NamePart[] =>
  name.split('.').map((text) => ({
    text,
    pattern: text.replace(/\d+/g, '#'),
    numbers: (text.match(/\d+/g) ?? []).map(Number),
  }));

/** Whether the numbers in two names put the first before the second: `2` and `10`, `fc1` and `fc2`, `block1.out` and `block2.inp`. */
function comesBefore(a: readonly NamePart[], b: readonly NamePart[]): boolean {
  const at = a.findIndex(({ text }, i) => text !== b[i]?.text);
  if (at === -1 || b[at] === undefined || a[at].pattern !== b[at].pattern) return false;
  const first = a[at].numbers.findIndex((number, i) => number !== b[at].numbers[i]);
  return first !== -1 && a[at].numbers[first] < b[at].numbers[first];
}

/** Steps of the search. Names with numbers need one for each module. */
const maxSteps = 50_000;

/**
 * Up to two orders in which each module comes after those that its name puts before it, and each place is satisfied; undefined
 * if the search is too long.
 */
function search(
  before: readonly (readonly number[])[],
  have: readonly string[],
  need: readonly string[],
): number[][] | undefined {
  const found: number[][] = [];
  const waiting = have.map(() => 0);
  for (const later of before) for (const module of later) waiting[module] += 1;
  const used = have.map(() => false);
  const order: number[] = [];
  /** Sets of used modules that no order completes. */
  const dead = new Set<string>();
  let steps = 0;
  const visit = (): void => {
    if (order.length === have.length) {
      found.push([...order]);
      return;
    }
    const key = used.map(Number).join('');
    if (dead.has(key)) return;
    const foundBefore = found.length;
    for (let module = 0; module < have.length && found.length < 2 && steps <= maxSteps; module++) {
      if (used[module] || waiting[module] > 0 || have[module] !== need[order.length]) continue;
      steps += 1;
      used[module] = true;
      order.push(module);
      for (const each of before[module]) waiting[each] -= 1;
      visit();
      for (const each of before[module]) waiting[each] += 1;
      order.pop();
      used[module] = false;
    }
    if (found.length === foundBefore) dead.add(key);
  };
  visit();
  return found.length < 2 && steps > maxSteps ? undefined : found;
}

/**
 * Up to two orders of the modules `names` that fit the places: `have` says what each module is, `need` what each place needs, in
 * the same words and equally often. No order: the numbers in the names contradict the places. Two: nothing decides between them.
 * Undefined: too many orders are possible to try them all.
 */
export function moduleOrders(
  names: readonly string[],
  have: readonly string[],
  need: readonly string[],
): readonly (readonly number[])[] | undefined {
  // Places that need different modules leave one order.
  if (new Set(need).size === need.length) return [need.map((each) => have.indexOf(each))];
  const parts = names.map(partsOf);
  const before = parts.map((name) => parts.flatMap((other, module) => (comesBefore(name, other) ? [module] : [])));
  return search(before, have, need);
}
