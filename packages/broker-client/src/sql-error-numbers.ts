/**
 * SQL Server error numbers that pass by themselves, so that the same work may be tried again. Changing this table
 * changes what is retried: the test beside it repeats it on purpose.
 */
export const transientErrorNumbers: ReadonlySet<number> = new Set([
  // Concurrency: deadlock victim, lock time-out, snapshot conflict, serialization.
  1205, 1222, 3960, 3935, 41302, 41305, 41325, 41301, 41839,
  // Resources: locks, memory, memory grant, worker threads, tempdb version store.
  1204, 701, 802, 8645, 8651, 10928, 10929, 3967,
  // Azure SQL: fail-over, busy, reconfiguration, throttling.
  40197, 40501, 40613, 40143, 40166, 49918, 49919, 49920, 4221, 615,
  // The database or the server is going down, coming up or failing over.
  904, 921, 922, 923, 924, 926, 927, 942, 945, 951, 952, 976, 978, 979, 983, 6005, 9001, 17142, 17197, 18401,
  // The session was killed or the transaction context was lost.
  596, 3989, 10053, 10054, 10060, 64, 121, 233,
]);

/** Numbers that mean: no room for data (1101, 1105), log (9002) or tempdb version store (3958, 3959, 3966). */
export const storageFullErrorNumbers: ReadonlySet<number> = new Set([1101, 1105, 9002, 3958, 3959, 3966]);

/** Login refused: wrong password, account locked, disabled, expired, must change, or not allowed in this way. */
export const loginErrorNumbers: ReadonlySet<number> = new Set([
  18450, 18451, 18452, 18456, 18458, 18461, 18463, 18464, 18465, 18466, 18467, 18468, 18470, 18471, 18486, 18487, 18488,
]);

/** The database can't be opened by this login (4060, 4064, 916) or isn't there (911). */
export const databaseErrorNumbers: ReadonlySet<number> = new Set([4060, 4064, 911, 916]);

/** The database can only be read: a readable secondary of an availability group, until the next failover. */
export const readOnlyErrorNumber = 3906;

/**
 * Permission denied: on an object (229), on a column (230), in the database (262), of the server (297, 300), for an action
 * (15247), on a service (8494); or what runs as the owner can't, because the owner's login is gone (15517) or not known to the
 * domain (15404).
 */
export const permissionErrorNumbers: ReadonlySet<number> = new Set([
  229, 230, 262, 297, 300, 8494, 15247, 15404, 15517,
]);

/** The database's owner, or another user that a procedure runs as, has no login any more. */
export const ownerErrorNumbers: ReadonlySet<number> = new Set([15404, 15517]);

/** Conversation unknown (8426, 8435, 8436) or in a state that allows no more (8427, 8429, 8462). */
export const conversationErrorNumbers: ReadonlySet<number> = new Set([8426, 8427, 8429, 8435, 8436, 8462]);

/** Service (8423), contract (8425) or message type (8428) unknown, or not fitting together (8431, 8432, 8434). */
export const brokerObjectErrorNumbers: ReadonlySet<number> = new Set([
  8423, 8425, 8428, 8430, 8431, 8432, 8433, 8434, 8442,
]);

export const queueDisabledErrorNumber = 9617;
export const invalidObjectNameErrorNumber = 208;
