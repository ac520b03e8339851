/** Session ids below this one belong to SQL Server's own tasks. */
export const firstSessionId = 51;
