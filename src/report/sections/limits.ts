/** The limits of a page: how much of a long list it shows. */

/** Classes in a confusion matrix, and columns in the table of the data. */
export const maxClasses = 30;
export const maxColumns = 200;
/** Further columns are in a part of the page that opens on a click. */
export const visibleColumns = 16;
/** Layers in the plot of gradient norms. */
export const maxLayers = 12;
/** Numbers of a list in the experiment. */
export const maxListed = 24;
/** Names of inputs in the configuration. */
export const maxInputs = 40;
/** Plots of predictions need at least so many rows. */
export const minPlottedRows = 10;
/** Characters of a value in a cell, and of a name. */
export const maxValueLength = 24;
export const maxNameLength = 40;
