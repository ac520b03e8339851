import { SqlError } from '../../errors.ts';

/** 1223. */
export function lockNotHeld(resource: string): SqlError {
  return new SqlError(
    `Cannot release the application lock (Database Principal: 'public', Resource: '${resource}') because it is not currently held.`,
    { number: 1223 },
  );
}

/** 911. */
export function databaseNotFound(database: string): SqlError {
  return new SqlError(`Database '${database}' does not exist. Make sure that the name is entered correctly.`, {
    number: 911,
  });
}

/** 1801. */
export function databaseExists(database: string): SqlError {
  return new SqlError(`Database '${database}' already exists. Choose a different database name.`, {
    number: 1801,
    state: 3,
  });
}

/** 3701. */
export function cannotDropDatabase(database: string): SqlError {
  return new SqlError(
    `Cannot drop the database '${database}', because it does not exist or you do not have permission.`,
    { number: 3701, severity: 11 },
  );
}

/** 3708. */
export function cannotDropSystemDatabase(database: string): SqlError {
  return new SqlError(`Cannot drop the database '${database}' because it is a system database.`, { number: 3708 });
}

/** 924. */
export function databaseForOne(database: string): SqlError {
  return new SqlError(`Database '${database}' is already open and can only have one user at a time.`, {
    number: 924,
    severity: 14,
  });
}

/** 4060. */
export function cannotOpenDatabase(database: string): SqlError {
  return new SqlError(`Cannot open database "${database}" requested by the login. The login failed.`, {
    number: 4060,
    severity: 11,
  });
}

/** 18456. */
export function loginFailed(login: string): SqlError {
  return new SqlError(`Login failed for user '${login}'.`, { number: 18456, severity: 14, state: 1 });
}

/** 18464. */
export function newPasswordTooShort(login: string): SqlError {
  return new SqlError(
    `Login failed for user '${login}'. Reason: Password change failed. The password does not meet operating system policy requirements because it is too short.`,
    { number: 18464, severity: 14 },
  );
}

/** 15025. */
export function loginExists(login: string): SqlError {
  return new SqlError(`The server principal '${login}' already exists.`, { number: 15025 });
}
