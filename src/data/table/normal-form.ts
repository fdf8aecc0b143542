/** Unicode's normal form C, in which names and texts are compared: "é" is one character, however a file writes it. */

const ascii = /^[\0-\x7f]*$/;

/** A text in the normal form NFC. */
export const normalForm = (text: string): string => (ascii.test(text) ? text : text.normalize('NFC'));
