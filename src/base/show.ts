/** Values and texts from outside in a message: on one line, short, whatever they are. */

/**
 * The beginning of a value as JSON, at most `most` characters. It costs no more than it shows, however large or deep the
 * value is, and never throws: a value that has no JSON (a function, a proxy that throws) is named by its type.
 */
export function show(value: unknown, most = 60): string {
  // JSON has no word for 1e400
  if (typeof value === 'number') return String(value);
  try {
    return beginning(value, most).slice(0, most);
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
