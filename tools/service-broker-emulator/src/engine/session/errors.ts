import { SqlError } from '../../errors.ts';
import { unsupported } from '../../unsupported.ts';

/** 4508, for a view that reads `#name`. */
export function viewOnTempTable(): SqlError {
  return new SqlError(
    "Views or functions are not allowed on temporary tables. Table names that begin with '#' denote temporary tables.",
    { number: 4508 },
  );
}

/** 2772, for a function that reads `#name`. */
export function tempTableInFunction(): SqlError {
  return new SqlError('Cannot access temporary tables from within a function.', { number: 2772 });
}

/** For `CREATE VIEW #name` and the like: only procedures may be temporary. */
export function temporaryModule(kind: 'createView' | 'createFunction' | 'createTrigger', name: string): SqlError {
  if (kind === 'createView') {
    return new SqlError(`'${name}': Temporary views are not allowed.`, { number: 4103, severity: 15 });
  }
  if (kind === 'createFunction') {
    return new SqlError('Creation of temporary functions is not allowed.', { number: 1074, severity: 15 });
  }
  return unsupported(`a trigger named ${name}`);
}

/** 8494. */
export function noAccessToService(service: string): SqlError {
  return new SqlError(`You do not have permission to access the service '${service}'.`, { number: 8494 });
}

/** 4819. */
export function bulkWithoutStatement(): SqlError {
  return new SqlError(
    'Cannot bulk load. The bulk data stream was incorrectly specified as sorted or no INSERT BULK came before it.',
    { number: 4819 },
  );
}

/** 4819. */
export function bulkRowsUnsorted(first: string, second: string): SqlError {
  return new SqlError(
    `Cannot bulk load. The bulk data stream was incorrectly specified as sorted or the data violates a uniqueness constraint imposed by the target table. Sort order incorrect for the following two rows: primary key of first row: ${first}, primary key of second row: ${second}.`,
    { number: 4819 },
  );
}

/** 5070. */
export function databaseInUse(database: string, line: number): SqlError {
  return new SqlError(`Database state cannot be changed while other users are using the database '${database}'`, {
    number: 5070,
    line,
  });
}

/** 5058. */
export function optionOfSystemDatabase(option: string, database: string, line: number): SqlError {
  return new SqlError(`Option '${option}' cannot be set in database '${database}'.`, { number: 5058, line });
}

/** 5064. */
export function databaseHasItsOne(database: string, line: number): SqlError {
  return new SqlError(
    `Changes to the state or options of database '${database}' cannot be made at this time. The database is in single-user mode, and a user is currently connected to it.`,
    { number: 5064, line },
  );
}

/** 5069. */
export function alterDatabaseFailed(line: number): SqlError {
  return new SqlError('ALTER DATABASE statement failed.', { number: 5069, line });
}

/** 1088, 4902 and others, by the statement. */
export function objectNotFound(name: string, number: number): SqlError {
  return new SqlError(`Cannot find the object "${name}" because it does not exist or you do not have permissions.`, {
    number,
  });
}

/** 5011. */
export function cannotAlterDatabase(database: string): SqlError {
  return new SqlError(
    `User does not have permission to alter database '${database}', the database does not exist, or the database is not in a state that allows access checks.`,
    { number: 5011, severity: 14, state: 9 },
  );
}

/** 3701. */
export function mayNotDrop(kind: string, name: string): SqlError {
  return new SqlError(`Cannot drop the ${kind} '${name}', because it does not exist or you do not have permission.`, {
    number: 3701,
    severity: 11,
    state: 20,
  });
}

/** 157. */
export function updateOutsideTrigger(): SqlError {
  return new SqlError('Can only use IF UPDATE within a CREATE TRIGGER statement.', { number: 157, severity: 15 });
}

/** Error 443: what changes anything but the function's own variables does not belong into a function. */
export function sideEffect(operator: string, line: number): SqlError {
  return new SqlError(`Invalid use of a side-effecting operator '${operator}' within a function.`, {
    number: 443,
    state: 15,
    line,
  });
}

/** 455. */
export function functionWithoutReturn(line: number): SqlError {
  return new SqlError('The last statement included within a function must be a return statement.', {
    number: 455,
    state: 2,
    line,
  });
}

/** 444. */
export function selectInFunction(line: number): SqlError {
  return new SqlError('Select statements included within a function cannot return data to a client.', {
    number: 444,
    state: 2,
    line,
  });
}

/** 217. */
export function nestedTooDeeply(limit: number): SqlError {
  return new SqlError(`Maximum stored procedure, function, trigger, or view nesting level exceeded (limit ${limit}).`, {
    number: 217,
  });
}

/** 2739. */
export function typeNotForVariables(line: number): SqlError {
  return new SqlError('The text, ntext, and image data types are invalid for local variables.', { number: 2739, line });
}

/** 134. */
export function variableDeclaredTwice(variable: string, line: number): SqlError {
  return new SqlError(
    `The variable name '${variable}' has already been declared. Variable names must be unique within a query batch or stored procedure.`,
    { number: 134, severity: 15, state: 2, line },
  );
}

/** 7202. */
export function serverNotFound(server: string): SqlError {
  return new SqlError(
    `Could not find server '${server}' in sys.servers. Verify that the correct server name was specified. If necessary, execute the stored procedure sp_addlinkedserver to add the server to sys.servers.`,
    { number: 7202, severity: 11, state: 2 },
  );
}

/** 2715. @param position of the column, parameter or variable among its like, from 1 */
export function typeNotFound(type: string, position: number, line: number): SqlError {
  return new SqlError(`Column, parameter, or variable #${position}: Cannot find data type ${type}.`, {
    number: 2715,
    state: 6,
    line,
  });
}

/** 8145. */
export function notAParameter(argument: string, procedure: string): SqlError {
  return new SqlError(`${argument} is not a parameter for procedure ${procedure}.`, { number: 8145, procedure });
}

/** 119. */
export function positionAfterName(position: number): SqlError {
  return new SqlError(
    `Must pass parameter number ${position} and subsequent parameters as '@name = value'. After the form '@name = value' has been used, all subsequent parameters must be passed in the form '@name = value'.`,
    { number: 119, severity: 15 },
  );
}

/** 8144. */
export function tooManyArguments(procedure: string): SqlError {
  return new SqlError(`Procedure or function ${procedure} has too many arguments specified.`, {
    number: 8144,
    state: 2,
    procedure,
  });
}

/** 8143. */
export function argumentSuppliedTwice(argument: string): SqlError {
  return new SqlError(`Parameter '${argument}' was supplied multiple times.`, { number: 8143 });
}

/** 201. */
export function missingArgument(parameter: string, procedure: string): SqlError {
  return new SqlError(
    `Procedure or function '${procedure}' expects parameter '${parameter}', which was not supplied.`,
    {
      number: 201,
      state: 4,
      procedure,
    },
  );
}

/** 8114. */
export function argumentNotConvertible(from: string, to: string, procedure: string, cause: SqlError): SqlError {
  return new SqlError(`Error converting data type ${from} to ${to}.`, { number: 8114, state: 1, procedure }, { cause });
}

/** 8162. */
export function notAnOutputParameter(parameter: string, procedure: string): SqlError {
  return new SqlError(
    `The formal parameter "${parameter}" was not declared as an OUTPUT parameter, but the actual parameter passed in requested output.`,
    { number: 8162, procedure },
  );
}

/** 266. */
export function transactionCountDiffers(before: number, after: number, procedure: string): SqlError {
  return new SqlError(
    `Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = ${before}, current count = ${after}.`,
    { number: 266, state: 2, procedure },
  );
}

/** 500. */
export function tableColumnsDiffer(given: number, required: number): SqlError {
  return new SqlError(
    `Trying to pass a table-valued parameter with ${given} column(s) where the corresponding user-defined table type requires ${required} column(s).`,
    { number: 500 },
  );
}

/** 515. */
export function nullInTableArgument(column: string, schema: string, type: string): SqlError {
  return new SqlError(
    `Cannot insert the value NULL into column '${column}', table '${schema}.${type}'; column does not allow nulls. INSERT fails.`,
    { number: 515, state: 2 },
  );
}

/** 208. */
export function unknownObject(name: string): SqlError {
  return new SqlError(`Invalid object name '${name}'.`, { number: 208 });
}

/** 3930. */
export function transactionDoomed(): SqlError {
  return new SqlError(
    'The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.',
    { number: 3930 },
  );
}

/** 3902. */
export function transactionsNestedTooDeeply(): SqlError {
  return new SqlError('The transaction nesting level is too deep.', { number: 3902 });
}

/** 3902. */
export function nothingToCommit(): SqlError {
  return new SqlError('The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.', { number: 3902 });
}

/** 628. */
export function saveWithoutTransaction(): SqlError {
  return new SqlError('Cannot issue SAVE TRANSACTION when there is no active transaction.', { number: 628 });
}

/** 3998. */
export function doomedAtEndOfBatch(): SqlError {
  return new SqlError(
    'Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.',
    { number: 3998, line: 1 },
  );
}

/** 2714. */
export function moduleNameTaken(name: string): SqlError {
  return new SqlError(`There is already an object named '${name}' in the database.`, {
    number: 2714,
    state: 3,
    procedure: name,
  });
}

/** 2113. */
export function insteadOfBesideCascade(
  verb: string,
  trigger: string,
  schema: string,
  table: string,
  line: number,
): SqlError {
  return new SqlError(
    `Cannot ${verb} INSTEAD OF DELETE or INSTEAD OF UPDATE TRIGGER '${trigger}' on table '${schema}.${table}'. This is because the table has a FOREIGN KEY with cascading DELETE or UPDATE.`,
    { number: 2113, line },
  );
}

/** 2111. */
export function secondInsteadOf(
  verb: string,
  trigger: string,
  kind: string,
  schema: string,
  parent: string,
  event: string,
  line: number,
): SqlError {
  return new SqlError(
    `Cannot ${verb} trigger '${trigger}' on ${kind} '${schema}.${parent}' because an INSTEAD OF ${event} trigger already exists on this object.`,
    { number: 2111, line },
  );
}

/** 2715, for a table-valued parameter. */
export function tableTypeNotFound(type: string, position: number): SqlError {
  return new SqlError(`Column, parameter, or variable #${position}: Cannot find data type ${type}.`, {
    number: 2715,
    state: 3,
  });
}
