/** Sizes of tables. */

/** The maximum size of a table in a link. */
export const maxLinkedBytes = 1e6;

/** The maximum size of a file. A larger one trains on the command line, which streams it from the disk. */
export const maxFileBytes = 150e6;
