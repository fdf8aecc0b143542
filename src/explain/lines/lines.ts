/**
 * The lines of a step, in the textbook's order: forward pass, loss, backward pass from the output layer to the first,
 * updates, the forward pass and the loss after. Each line is read from the step's graph: the number's name, its formula in names and in
 * numbers, and its value. This code does not know any layer, activation, loss or optimizer by name.
 */
import type { Trace } from '../trace.ts';
import { writeAveragedFactors } from './averaged-factors.ts';
import { writeBackward } from './backward.ts';
import { ChainRule } from './chain-rule.ts';
import { writeForward } from './forward.ts';
import type { LineOptions, Lines } from './line.ts';
import { writeLoss } from './loss.ts';
import { Shown } from './shown.ts';
import { writeUpdates } from './updates.ts';
import { LineWriter } from './writer.ts';

/** Throws an InputError if the sample is not in the step's batch, or if the layer does not exist. */
export function linesOf(trace: Trace, options: LineOptions = {}): Lines {
  const shown = new Shown(trace, options);
  const writer = new LineWriter(trace, shown);
  writeForward(writer, trace.tape, 'Forward pass');
  writeLoss(writer, trace.tape, 'Loss');
  if (trace.problem.recipe.gradient === 'averagedFactors') writeAveragedFactors(writer);
  else writeBackward(writer, new ChainRule(writer));
  writeUpdates(writer);
  writeForward(writer, trace.next, 'Forward pass after the update');
  writeLoss(writer, trace.next, 'Loss after the update');
  return { rows: writer.rows, leftOut: shown.leftOut(), places: shown.places, units: shown.units };
}
