/**
 * Raised whenever any file comes apart in other drafts than before. A file that was begun under another number is begun anew and not
 * gone on with.
 */
export const atomizersVersion = 6;
