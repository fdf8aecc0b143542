/** Adds flags to a command. */
import { type Command, Option } from 'commander';
import { allFlags } from './experiment-flags.ts';
import { type Flag, kebab, typed } from './flag.ts';
import { addLimitFlags } from './limit-flags.ts';
import { addedToList } from './list.ts';

/** More choices than that are listed in the description instead of in the flag. */
const maxInlineChoices = 6;

/** The kinds of flags whose value is a list. */
const listKinds: ReadonlySet<Flag['kind']> = new Set(['list', 'names', 'weights', 'marks']);

/** How the value of a flag is shown in the help. */
function placeholder({ kind, choices = [] }: Flag, listsChoices: boolean): string {
  return {
    number: '<number>',
    boolean: '',
    size: '<rows|full>',
    list: '<a,b,…>',
    names: '<a|a,b,…>',
    weights: '<balanced|a=2,b=1>',
    marks: '<a,b|column=a>',
    text: listsChoices ? `<${choices.join('|')}>` : '<name>',
  }[kind];
}

/** Adds flags to a command, each with its line in the help. */
export function addFlags(command: Command, flags: readonly Flag[]): Command {
  for (const flag of flags) {
    const { name, kind, group, choices = [] } = flag;
    const listsChoices = choices.length > 0 && choices.length <= maxInlineChoices;
    const description =
      choices.length > maxInlineChoices ? `${flag.description}: ${choices.join(', ')}` : flag.description;
    const words = `${typed(name)} ${placeholder(flag, listsChoices)}`.trim();
    const option = new Option(words, description).helpGroup(group);
    command.addOption(listKinds.has(kind) ? option.argParser(addedToList) : option);
    if (kind === 'boolean') command.addOption(new Option(`--no-${kebab(name)}`).hideHelp());
    if (flag.canBeOff) command.addOption(new Option(`--no-${kebab(name)}`, `disable ${typed(name)}`).helpGroup(group));
  }
  return command;
}

/** Adds the flags of an experiment to a command, including the flags of the limits on its table. */
export const addExperimentFlags = (command: Command): Command => addLimitFlags(addFlags(command, allFlags));
