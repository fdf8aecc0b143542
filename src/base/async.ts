/** Whether a value yields others one after the other, as they arrive: a stream, an async generator. */
export const isAsync = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
