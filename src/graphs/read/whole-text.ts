/** A text that has to be in memory as a whole. */
import { fail } from '../../base/errors.ts';
import { maxTextLength } from '../../data/read/file.ts';

/** Joins the pieces. Throws an InputError where the text would be longer than JavaScript allows. */
export async function wholeText(texts: AsyncIterable<string>, title: string, name: string): Promise<string> {
  const parts: string[] = [];
  let length = 0;
  for await (const text of texts) {
    parts.push(text);
    length += text.length;
    if (length <= maxTextLength) continue;
    fail({
      what: `${title} with more than ${maxTextLength} characters cannot be read`,
      where: name,
      fix: 'Write the edges as CSV, JSON Lines or Parquet instead.',
    });
  }
  return parts.join('');
}
