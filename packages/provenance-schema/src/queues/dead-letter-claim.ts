/** Marks a dead letter of any queue as replayed, without a right to change the tables. */
export const deadLetterClaimProcedure = 'dbo.sp_ClaimDeadLetter';
