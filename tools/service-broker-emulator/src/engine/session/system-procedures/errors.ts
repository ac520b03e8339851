import { SqlError } from '../../../errors.ts';

/** 15600. */
export function invalidLockOption(): SqlError {
  return new SqlError("An invalid parameter or option was specified for procedure 'sys.sp_getapplock'.", {
    number: 15600,
    severity: 15,
  });
}

/** 8651. */
export function transactionRequired(): SqlError {
  return new SqlError('The statement or function must be executed in the context of a user transaction.', {
    number: 8651,
  });
}

/** 15600. */
export function invalidParameter(procedure: string): SqlError {
  return new SqlError(`An invalid parameter or option was specified for procedure 'sys.${procedure}'.`, {
    number: 15600,
    severity: 15,
    procedure,
  });
}

/** 11508. */
export function undeclaredUsedTwice(parameter: string): SqlError {
  return new SqlError(`The undeclared parameter '${parameter}' is used more than once in the batch being analyzed.`, {
    number: 11508,
  });
}

/** 15135. */
export function propertyNotPermitted(object: string, procedure: string): SqlError {
  return new SqlError(
    `Object is invalid. Extended properties are not permitted on '${object}', or the object does not exist.`,
    { number: 15135, procedure },
  );
}

/** 15233. */
export function propertyExists(property: string, object: string, procedure: string): SqlError {
  return new SqlError(`Property cannot be added. Property '${property}' already exists for '${object}'.`, {
    number: 15233,
    procedure,
  });
}

/** 15217. */
export function propertyNotFound(property: string, object: string, procedure: string): SqlError {
  return new SqlError(`Property cannot be updated or deleted. Property '${property}' does not exist for '${object}'.`, {
    number: 15217,
    procedure,
  });
}

/** 8178. */
export function missingParameter(declarations: string, text: string, parameter: string): SqlError {
  return new SqlError(
    `The parameterized query '(${declarations})${text}' expects the parameter '${parameter}', which was not supplied.`,
    { number: 8178 },
  );
}

/** 8145. */
export function notAStatementParameter(argument: string): SqlError {
  return new SqlError(`${argument} is not a parameter for procedure sp_executesql.`, { number: 8145 });
}

/** 214. */
export function statementNotText(): SqlError {
  return new SqlError("Procedure expects parameter '@statement' of type 'ntext/nchar/nvarchar'.", {
    number: 214,
    state: 2,
    procedure: 'sp_executesql',
  });
}

/** 8179. */
export function preparedStatementNotFound(handle: number): SqlError {
  return new SqlError(`Could not find prepared statement with handle ${handle}.`, { number: 8179 });
}

/** 15225. */
export function renamedItemNotFound(name: string, database: string, type: string): SqlError {
  return new SqlError(
    `No item by the name of '${name}' could be found in the current database '${database}', given that @itemtype was input as '${type}'.`,
    { number: 15225, severity: 11, procedure: 'sp_rename' },
  );
}

/** 15248. */
export function renamedItemAmbiguous(type: string): SqlError {
  return new SqlError(`Either the parameter @objname is ambiguous or the claimed @objtype (${type}) is wrong.`, {
    number: 15248,
    severity: 11,
    procedure: 'sp_rename',
  });
}

/** 15249. */
export function renamedTypeUnknown(type: string): SqlError {
  return new SqlError(`Error: Explicit @objtype '${type}' is unrecognized.`, {
    number: 15249,
    severity: 11,
    procedure: 'sp_rename',
  });
}

/** 15333. */
export function renamedElsewhere(database: string): SqlError {
  return new SqlError(
    `Error: The qualified @oldname references a database (${database}) other than the current database.`,
    { number: 15333, severity: 11, procedure: 'sp_rename' },
  );
}

/** 15335. */
export function newNameTaken(name: string, kind: string): SqlError {
  return new SqlError(
    `Error: The new name '${name}' is already in use as a ${kind} name and would cause a duplicate that is not permitted.`,
    { number: 15335, severity: 11, procedure: 'sp_rename' },
  );
}

/** 15336. */
export function renamesDependedOn(name: string): SqlError {
  return new SqlError(`Object '${name}' cannot be renamed because the object participates in enforced dependencies.`, {
    number: 15336,
    severity: 11,
    procedure: 'sp_rename',
  });
}

/** 15664. */
export function readOnlyKey(key: string): SqlError {
  return new SqlError(
    `Cannot set key '${key}' in the session context. The key has been set as read_only for this session.`,
    { number: 15664 },
  );
}
