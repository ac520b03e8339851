/** Procedures of the SQL project that do for workers what their role alone may not. */
export const BROKER_PROCEDURES = {
  endProcedure: 'dbo.sp_EndConversations',
  healthProcedure: 'dbo.sp_BrokerHealth',
} as const;
