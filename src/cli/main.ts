#!/usr/bin/env node
import { run } from './program.ts';
/** The program that is installed as `chainrule`. */
import { watchOutput } from './system/standard-output.ts';

watchOutput();
await run(process.argv.slice(2));
