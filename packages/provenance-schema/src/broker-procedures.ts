/** Procedures of the SQL project that do for workers what their role alone may not. */
export const brokerProcedures = {
  endProcedure: 'dbo.sp_EndConversations',
  healthProcedure: 'dbo.sp_BrokerHealth',
} as const;
