/** Procedures of the SQL project by which workers say that they are there and read whether they may receive. */
export const workerPresence = {
  reportProcedure: 'dbo.sp_ReportWorker',
  pauseProcedure: 'dbo.sp_ReadQueuePause',
} as const;
