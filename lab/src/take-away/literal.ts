/** Values as TypeScript. */

const identifier = /^[A-Za-z_$][\w$]*$/;

/** A JSON value as an expression: keys without quotes where they are names, a list of rows with a row on each line. */
export function literal(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    const isRows = value.length > 1 && value.every(Array.isArray);
    const items = value.map((each) => literal(each, `${indent}  `));
    if (!isRows) return `[${items.join(', ')}]`;
    return `[\n${items.map((each) => `${indent}  ${each},`).join('\n')}\n${indent}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => {
        const isPlain = identifier.test(key) && key !== '__proto__';
        return `${isPlain ? key : key === '__proto__' ? '["__proto__"]' : quoted(key)}: ${literal(each, `${indent}  `)}`;
      });
    if (parts.length === 0) return '{}';
    if (parts.join(', ').length < 90 && !parts.some((part) => part.includes('\n'))) return `{ ${parts.join(', ')} }`;
    return `{\n${parts.map((part) => `${indent}  ${part},`).join('\n')}\n${indent}}`;
  }
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
}

/** A text in single quotes. Nothing in it can end the text, or the line. */
function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}
