/** How many nodes whitened vectors need. */

/**
 * Nodes for each dimension below which whitened vectors say little: with as many dimensions as nodes, all of them are orthogonal
 * (77 nodes and 128 dimensions: every cosine is −0.01).
 */
export const nodesPerDimension = 4;
