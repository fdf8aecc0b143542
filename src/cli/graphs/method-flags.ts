/** Options that schemas declare as flags in kebab case: those of all methods, or of walks. */
import { type Command, Option } from 'commander';
import { fail } from '../../base/errors.ts';
import type { EmbeddingMethod } from '../../graphs/method.ts';
import { type OptionDescription, optionsOf } from '../../graphs/method-options.ts';
import { otherNamesOf } from '../../graphs/option-aliases.ts';
import { addedToList } from '../flags/list.ts';

/** What declares options: a method, or the walks. */
export type Declaring = Pick<EmbeddingMethod, 'name' | 'options'>;

/** An option that one or more methods declare. */
interface MethodFlag {
  readonly name: string;
  /** Each declaration of the option, with the names of its methods. */
  readonly declared: readonly { readonly option: OptionDescription; readonly methods: readonly string[] }[];
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The options of all methods, each once. */
function methodFlags(all: readonly Declaring[]): readonly MethodFlag[] {
  const found = new Map<string, { option: OptionDescription; methods: string[] }[]>();
  for (const method of all) {
    for (const option of optionsOf(method)) {
      // an object has no form as a flag
      if (option.type === 'object') continue;
      const declared = found.get(option.name) ?? [];
      found.set(option.name, declared);
      // methods may describe the same option in other words
      const same = declared.find((each) => valuesOf(each.option) === valuesOf(option));
      if (same !== undefined) same.methods.push(method.name);
      else declared.push({ option, methods: [method.name] });
    }
  }
  return Array.from(found, ([name, declared]) => ({ name, declared }));
}

/** Which values an option takes. */
const valuesOf = ({ type, choices, default: value }: OptionDescription): string =>
  JSON.stringify([type, choices, value]);

const valueText = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));

/** The description with the default, and the methods where not all have the option. */
function helpOf({ declared }: MethodFlag, all: readonly Declaring[]): string {
  return declared
    .map(({ option, methods }) => {
      const of = methods.length === all.length ? '' : `${methods.join(', ')}: `;
      const choices = option.choices === undefined ? '' : `: ${option.choices.join(', ')}`;
      const usual = option.default === undefined ? '' : `; default ${valueText(option.default)}`;
      return `${of}${option.description}${choices}${usual}`;
    })
    .join('. ');
}

/** Adds a flag for each option, and hidden ones for the names that other tools use. */
export function addMethodFlags(command: Command, all: readonly Declaring[], group: string): Command {
  const flags = methodFlags(all);
  const taken = new Set(command.options.map(({ long }) => long));
  const isList = (name: string) =>
    flags.some((flag) => kebab(flag.name) === name && flag.declared.some(({ option }) => option.type === 'array'));
  const add = (name: string, isSwitch: boolean, help?: string) => {
    const long = `--${name}`;
    if (taken.has(long)) return;
    taken.add(long);
    const option = new Option(isSwitch ? long : `${long} <value>`, help).helpGroup(group);
    if (isList(name)) option.argParser(addedToList);
    command.addOption(help === undefined ? option.hideHelp() : option);
  };
  for (const flag of flags) {
    const isSwitch = flag.declared.every(({ option }) => option.type === 'boolean');
    const isOn = isSwitch && flag.declared[0].option.default === true;
    add(isOn ? `no-${kebab(flag.name)}` : kebab(flag.name), isSwitch, helpOf(flag, all));
  }
  for (const { name } of [...flags, { name: 'seed' }, { name: 'threads' }]) {
    for (const other of [name, ...otherNamesOf(name)]) {
      for (const spelling of [snake(other), kebab(other), other]) add(spelling, false);
    }
  }
  return command;
}

/** The value of a flag as the option wants it. Throws an InputError where it is not a number. */
function parsed(text: string, flag: string, type: string | undefined): unknown {
  const isNumber = text.trim() !== '' && !Number.isNaN(Number(text));
  if (type === 'array') return text.split(',').map((part) => parsed(part, flag, undefined));
  if (type === 'string' || (type === undefined && !isNumber)) return text;
  if (isNumber) return Number(text);
  return fail({ what: `"${text}" is not a number`, where: flag, fix: `Write it as a number: ${flag} 10.` });
}

/** The options of the method that flags set, under the names that were used. `own` are the command's other flags. */
export function methodOptions(
  command: Command,
  all: readonly Declaring[],
  own: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  const types = new Map(methodFlags(all).map(({ name, declared }) => [name, declared[0].option.type]));
  const options: Record<string, unknown> = {};
  for (const option of command.options) {
    const key = option.attributeName();
    if (own.has(key) || command.getOptionValueSource(key) !== 'cli') continue;
    const value: unknown = command.getOptionValue(key);
    options[key] = typeof value === 'string' ? parsed(value, option.long!, types.get(key) ?? undefined) : value;
  }
  return options;
}
