/** The options of all methods as flags in kebab case, made from what the methods declare. */
import { type Command, Option } from 'commander';
import { fail } from '../../base/errors.ts';
import { type OptionDescription, optionsOf } from '../../graphs/method-options.ts';
import { embeddingMethods } from '../../graphs/methods/index.ts';
import { otherNamesOf } from '../../graphs/option-aliases.ts';

/** An option that one or more methods declare. */
interface MethodFlag {
  readonly name: string;
  /** Each declaration of the option, with the names of its methods. */
  readonly declared: readonly { readonly option: OptionDescription; readonly methods: readonly string[] }[];
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The options of all methods, each once. */
function methodFlags(): readonly MethodFlag[] {
  const found = new Map<string, { option: OptionDescription; methods: string[] }[]>();
  for (const method of embeddingMethods) {
    for (const option of optionsOf(method)) {
      const declared = found.get(option.name) ?? [];
      found.set(option.name, declared);
      const same = declared.find((each) => JSON.stringify(each.option) === JSON.stringify(option));
      if (same !== undefined) same.methods.push(method.name);
      else declared.push({ option, methods: [method.name] });
    }
  }
  return Array.from(found, ([name, declared]) => ({ name, declared }));
}

const valueText = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));

/** The description with the default, and the methods where not all have the option. */
function helpOf({ declared }: MethodFlag): string {
  return declared
    .map(({ option, methods }) => {
      const of = methods.length === embeddingMethods.length ? '' : `${methods.join(', ')}: `;
      const choices = option.choices === undefined ? '' : `: ${option.choices.join(', ')}`;
      return `${of}${option.description}${choices}; default ${valueText(option.default)}`;
    })
    .join('. ');
}

/** Adds a flag for each option, and hidden ones for the names that other tools use. */
export function addMethodFlags(command: Command): Command {
  const flags = methodFlags();
  const taken = new Set(command.options.map(({ long }) => long));
  const add = (name: string, isSwitch: boolean, help?: string) => {
    const long = `--${name}`;
    if (taken.has(long)) return;
    taken.add(long);
    const option = new Option(isSwitch ? long : `${long} <value>`, help).helpGroup('Method:');
    command.addOption(help === undefined ? option.hideHelp() : option);
  };
  for (const flag of flags) {
    const isSwitch = flag.declared.every(({ option }) => option.type === 'boolean');
    const isOn = isSwitch && flag.declared[0].option.default === true;
    add(isOn ? `no-${kebab(flag.name)}` : kebab(flag.name), isSwitch, helpOf(flag));
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
export function methodOptions(command: Command, own: ReadonlySet<string>): Readonly<Record<string, unknown>> {
  const types = new Map(methodFlags().map(({ name, declared }) => [name, declared[0].option.type]));
  const options: Record<string, unknown> = {};
  for (const option of command.options) {
    const key = option.attributeName();
    if (own.has(key) || command.getOptionValueSource(key) !== 'cli') continue;
    const value: unknown = command.getOptionValue(key);
    options[key] = typeof value === 'string' ? parsed(value, option.long!, types.get(key) ?? undefined) : value;
  }
  return options;
}
