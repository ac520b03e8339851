import { SqlError } from '../../../../errors.ts';

/** 178. */
export function returnValueOutsideProcedure(line: number): SqlError {
  return new SqlError('A RETURN statement with a return value cannot be used in this context.', {
    number: 178,
    severity: 15,
    line,
  });
}

/** 16916. */
export function cursorNotFound(cursor: string): SqlError {
  return new SqlError(`A cursor with the name '${cursor}' does not exist.`, { number: 16916 });
}

/** 16915. */
export function cursorExists(cursor: string): SqlError {
  return new SqlError(`A cursor with the name '${cursor}' already exists.`, { number: 16915 });
}

/** 16905. */
export function cursorAlreadyOpen(): SqlError {
  return new SqlError('The cursor is already open.', { number: 16905 });
}

/** 16917. */
export function cursorNotOpen(): SqlError {
  return new SqlError('Cursor is not open.', { number: 16917 });
}

/** 16911. */
export function fetchTypeNotAllowed(type: string): SqlError {
  return new SqlError(`fetch: The fetch type ${type} cannot be used with forward only cursors.`, { number: 16911 });
}

/** 16924. */
export function fetchVariablesDiffer(): SqlError {
  return new SqlError(
    'Cursorfetch: The number of variables declared in the INTO list must match that of selected columns.',
    { number: 16924 },
  );
}

/** 137. */
export function undeclaredTargetVariable(variable: string): SqlError {
  return new SqlError(`Must declare the scalar variable "${variable}".`, { number: 137, severity: 15 });
}

/** 148. */
export function invalidDelay(time: string, cause: SqlError): SqlError {
  return new SqlError(
    `Incorrect time syntax in time string '${time}' used with WAITFOR.`,
    { number: 148, severity: 15 },
    { cause },
  );
}

/** 18054. */
export function systemMessageNotFound(message: number, severity: number): SqlError {
  return new SqlError(
    `The error ${message} has severity ${severity} and could not be found in sys.messages. Make sure it was added with sp_addmessage.`,
    { number: 18054, state: 1 },
  );
}

/** 2754. */
export function severityNeedsLog(): SqlError {
  return new SqlError(
    'Error severity levels greater than 18 can only be specified by members of the sysadmin role, using the WITH LOG option.',
    { number: 2754 },
  );
}

/** 10704. */
export function rethrowOutsideCatch(): SqlError {
  return new SqlError(
    'To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.',
    { number: 10704, severity: 15 },
  );
}

/** 35100. */
export function throwNumberOutOfRange(errorNumber: number): SqlError {
  return new SqlError(
    `Error number ${errorNumber} in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.`,
    { number: 35100, state: 10 },
  );
}

/** 2812. */
export function procedureNotFound(name: string): SqlError {
  return new SqlError(`Could not find stored procedure '${name}'.`, { number: 2812, state: 62 });
}

/** 8164. */
export function nestedInsertExecute(): SqlError {
  return new SqlError('An INSERT EXEC statement cannot be nested.', { number: 8164 });
}

/** 6102. */
export function killDenied(): SqlError {
  return new SqlError('User does not have permission to use the KILL statement.', { number: 6102, severity: 14 });
}

/** 6115. */
export function killInTransaction(): SqlError {
  return new SqlError('KILL command cannot be used inside user transactions.', { number: 6115 });
}

/** 6101. */
export function invalidSessionId(session: number): SqlError {
  return new SqlError(`Session ID ${session} is not valid.`, { number: 6101 });
}

/** 6107. */
export function killsSystemProcess(): SqlError {
  return new SqlError('Only user processes can be killed.', { number: 6107, severity: 14 });
}

/** 6104. */
export function killsItself(): SqlError {
  return new SqlError('Cannot use KILL to kill your own process.', { number: 6104 });
}

/** 6106. */
export function sessionNotActive(session: number): SqlError {
  return new SqlError(`Process ID ${session} is not an active process ID.`, { number: 6106 });
}

/** 6120. */
export function noRollbackInProgress(session: number): SqlError {
  return new SqlError(
    `Status report cannot be obtained. Rollback operation for Process ID ${session} is not in progress.`,
    { number: 6120 },
  );
}

/** 102. */
export function saveSyntax(): SqlError {
  return new SqlError('Incorrect syntax near SAVE.', { number: 102, severity: 15 });
}

/** 3915. */
export function rollbackInInsertExecute(): SqlError {
  return new SqlError('Cannot use the ROLLBACK statement within an INSERT-EXEC statement.', { number: 3915, state: 0 });
}

/** 3931. */
export function doomedBeyondSavepoint(): SqlError {
  return new SqlError(
    'The current transaction cannot be committed and cannot be rolled back to a savepoint. Roll back the entire transaction.',
    { number: 3931 },
  );
}

/** 6401. */
export function savepointNotFound(name: string): SqlError {
  return new SqlError(`Cannot roll back ${name}. No transaction or savepoint of that name was found.`, {
    number: 6401,
  });
}

/** 3903. */
export function nothingToRollBack(): SqlError {
  return new SqlError('The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.', { number: 3903 });
}

/** 3616. */
export function errorInTrigger(): SqlError {
  return new SqlError(
    'An error was raised during trigger execution. The batch has been aborted and the user transaction, if any, has been rolled back.',
    { number: 3616 },
  );
}

/** 3609. */
export function transactionEndedInTrigger(): SqlError {
  return new SqlError('The transaction ended in the trigger. The batch has been aborted.', { number: 3609 });
}

/** 4920. */
export function triggerNotFound(trigger: string, table: string): SqlError {
  return new SqlError(`ALTER TABLE failed because trigger '${trigger}' on table '${table}' does not exist.`, {
    number: 4920,
  });
}

/** 2742. */
export function dateFirstOutOfRange(first: number): SqlError {
  return new SqlError(`SET DATEFIRST ${first} is out of range.`, { number: 2742 });
}

/** 2741. */
export function invalidDateOrder(order: string): SqlError {
  return new SqlError(`SET DATEFORMAT date order '${order}' is invalid.`, { number: 2741 });
}

/** 2740. */
export function unknownLanguage(language: string): SqlError {
  return new SqlError(
    `SET LANGUAGE failed because '${language}' is not an official language name or a language alias on this SQL Server.`,
    { number: 2740 },
  );
}
