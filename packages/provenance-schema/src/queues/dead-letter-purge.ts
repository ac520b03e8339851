/** Purges the dead letters of every queue: it knows their tables by the columns that each has. */
export const deadLetterPurgeProcedure = 'dbo.sp_PurgeDeadLetters';
