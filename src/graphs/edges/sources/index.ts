/** The sources of edges, in the order in which they are tried. A new source is its own file and a line here. */
import type { EdgeSource } from '../edge-source.ts';
import { columns } from './columns.ts';
import { cytoscape } from './cytoscape.ts';
import { graphology } from './graphology.ts';
import { items } from './items.ts';
import { nodeLink } from './node-link.ts';
import { queryResult } from './records.ts';

export const edgeSources = [columns, graphology, nodeLink, cytoscape, queryResult, items] as readonly EdgeSource[];
