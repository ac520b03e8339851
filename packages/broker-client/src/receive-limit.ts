/**
 * Most messages of one RECEIVE. SQL Server may trade more than 5000 row locks of a statement for one on the whole table,
 * here the queue, and then nobody else sends or receives.
 */
export const maxReceiveMessages = 4_000;

/** Bytes that are received of a body that is too long: enough to see what it is. */
export const keptBodyBytes = 64 * 1024;
