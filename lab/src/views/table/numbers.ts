/** Numbers for people. */

/** Three significant digits, without zeros at the end: `0.981`, `4210`, `1.2e-7`. */
export function short(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-4 || size >= 1e7)
      ? value.toExponential(digits - 1).replace(/\.?0+e/, 'e')
      : size >= 10 ** digits
        ? String(Math.round(value))
        : String(Number(value.toPrecision(digits)));
  return text.replace('-', '−');
}

/** `98.13 %`; a small share that is not 0 is `< 0.01 %`. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0001) return '< 0.01 %';
  if (share < 1 && share > 0.9999) return '> 99.99 %';
  return `${Number((100 * share).toFixed(2))} %`;
}

/** `1,234`. */
export const whole = (value: number): string => value.toLocaleString('en-US');

/** `1 row`, `344 rows`. */
export const count = (value: number, noun: string): string => `${whole(value)} ${noun}${value === 1 ? '' : 's'}`;

/** `13.5 kB`, `104 MB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return count(bytes, 'byte');
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${Number(value.toPrecision(3))} ${unit}`;
}

/** A date from days since 1970-01-01: `2026-11-27`. */
export function dateText(days: number): string {
  const date = new Date(days * 86_400_000);
  return Number.isNaN(date.getTime()) ? '–' : date.toISOString().slice(0, 10);
}

/** `meanAbsoluteError` -> `mean absolute error`; `r2` -> `R²`. */
export function metricName(name: string): string {
  const known: Readonly<Record<string, string>> = {
    r2: 'R²',
    macroF1: 'macro F1',
    microF1: 'micro F1',
    rocAuc: 'ROC AUC',
  };
  return known[name] ?? name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
