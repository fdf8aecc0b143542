/** Rows of a table as objects, and the predictions for them: the types that a model has when TypeScript knows its table. */
/** The cells of a row that a model takes: those of a table without its target. null and undefined are missing values. */
export type FeaturesOf<Row extends object, Target extends keyof Row> = {
  readonly [Column in Exclude<keyof Row, Target>]: Row[Column] | null | undefined;
};

/** The value that a model predicts, where nothing is known of its table. Several targets are an object. */
export type AnyTarget = string | number | boolean | Readonly<Record<string, number>>;

/**
 * A prediction for a row. A class has the probability of each class, unless the loss has none (`hinge`): they are then left
 * out. `warnings` is there if a value was missing or a category is unknown.
 */
export type RowPrediction<Target = AnyTarget> = {
  readonly prediction: Target;
  readonly warnings?: readonly string[];
} & ([Target] extends [string | boolean]
  ? { readonly probabilities: Readonly<Record<`${Target}`, number>> }
  : { readonly probabilities?: Readonly<Record<string, number>> });
