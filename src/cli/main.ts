#!/usr/bin/env node
/** The program that is installed as `chainrule`. */
import { watchOutput } from './output.ts';
import { run } from './program.ts';

watchOutput();
await run(process.argv.slice(2));
