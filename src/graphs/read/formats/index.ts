/** The text formats of edges, in the order in which they are tried: JSON Lines begin as JSON does, and lines are any other text. */
import type { EdgeFormat } from '../edge-format.ts';
import { edgeLines } from './edge-lines.ts';
import { json } from './json.ts';
import { jsonLines } from './json-lines.ts';
import { gexf, graphml } from './xml.ts';

export const edgeFormats: readonly EdgeFormat[] = [graphml, gexf, jsonLines, json, edgeLines];
