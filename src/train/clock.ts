/** Seconds since some fixed moment, on a clock that only moves forward. */
export const clock = (): number => performance.now() / 1000;
