/**
 * The names of chainrule's kinds of layer. A network compares with them without the entries, whose schemas only files need.
 */
export const layerKinds = ['dense', 'dropout', 'batchNorm', 'layerNorm', 'activate', 'residual', 'embedding'] as const;
