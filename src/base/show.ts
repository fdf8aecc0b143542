/** Shows foreign values and texts in a message: short, on one line. */

/**
 * The beginning of a value as JSON, at most `most` characters. Its cost depends on the shown part, not on the size or
 * depth of the value. It never throws: a value without JSON (a function, a proxy that throws) is named by its type.
 */
export function show(value: unknown, maxLength = 60): string {
  // JSON cannot write 1e400, which is Infinity.
  if (typeof value === 'number') return String(value);
  try {
    return beginning(value, maxLength).slice(0, maxLength);
  } catch {
    return `a value of type ${typeof value}`;
  }
}

/** JSON's text up to at least `room` characters, if it is that long. Each level writes a bracket, so depth is bounded too. */
function beginning(value: unknown, room: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, room));
  if (typeof value !== 'object' || value === null) return String(JSON.stringify(value) ?? String(value));
  const isList = Array.isArray(value);
  let text = isList ? '[' : '{';
  const keys = isList ? value : Object.keys(value);
  for (let i = 0; i < keys.length && text.length < room; i++) {
    if (i > 0) text += ',';
    const key = isList ? i : (keys[i] as string);
    if (!isList) text += `${JSON.stringify(String(key).slice(0, room))}:`;
    text += beginning((value as Record<PropertyKey, unknown>)[key] ?? null, room - text.length);
  }
  return text + (isList ? ']' : '}');
}
