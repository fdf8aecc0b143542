/** Gives the person a file: made in the page, saved by the browser. */
import { safeName } from './names.ts';

export function download(name: string, content: string | Uint8Array, type = 'application/octet-stream'): void {
  const url = URL.createObjectURL(new Blob([content as BlobPart], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = safeName(name);
  link.click();
  // some browsers read the content after the click
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
