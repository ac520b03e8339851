/** Where messages of the worker queues wait for another try: table and procedures of the SQL project. */
export const messageRetries = {
  table: 'dbo.MessageRetry',
  putProcedure: 'dbo.sp_PutMessageRetries',
  takeProcedure: 'dbo.sp_TakeMessageRetries',
} as const;
