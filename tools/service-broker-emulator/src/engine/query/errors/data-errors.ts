import { SqlError } from '../../../errors.ts';

/** 4406. */
export function notModifiable(name: string, line: number): SqlError {
  return new SqlError(`Object '${name}' cannot be modified.`, { number: 4406, line });
}

/** 8154. */
export function ambiguousTarget(table: string, line: number): SqlError {
  return new SqlError(`The table '${table}' is ambiguous.`, { number: 8154, severity: 15, line });
}

/** 271. */
export function computedColumn(column: string, line: number): SqlError {
  return new SqlError(
    `The column "${column}" cannot be modified because it is either a computed column or is the result of a UNION operator.`,
    { number: 271, line },
  );
}

/** 272. */
export function updatesTimestamp(line: number): SqlError {
  return new SqlError('Cannot update a timestamp column.', { number: 272, line });
}

/** 273. */
export function insertsTimestamp(line: number): SqlError {
  return new SqlError(
    'Cannot insert an explicit value into a timestamp column. Use INSERT with a column list to exclude the timestamp column, or insert a DEFAULT into the timestamp column.',
    { number: 273, line },
  );
}

/** 8102. */
export function updatesIdentity(column: string, line: number): SqlError {
  return new SqlError(`Cannot update identity column '${column}'.`, { number: 8102, line });
}

/** 547. */
export function constraintConflict(
  statement: string,
  kind: string,
  constraint: string,
  database: string,
  schema: string,
  table: string,
  column: string,
): SqlError {
  return new SqlError(
    `The ${statement} statement conflicted with the ${kind} constraint "${constraint}". The conflict occurred in database "${database}", table "${schema}.${table}"${column}.`,
    { number: 547, state: 0 },
  );
}

/** 264. */
export function columnSetTwice(column: string, line: number): SqlError {
  return new SqlError(
    `The column name '${column}' is specified more than once in the SET clause or column list of an INSERT. A column cannot be assigned more than one value in the same clause. Modify the clause to make sure that a column is updated only once. If this statement updates or inserts columns into a view, column aliasing can conceal the duplication in your code.`,
    { number: 264, line },
  );
}

/** 213. */
export function valueCountDiffers(line: number): SqlError {
  return new SqlError('Column name or number of supplied values does not match table definition.', {
    number: 213,
    line,
  });
}

/** 109. */
export function fewerValuesThanColumns(line: number): SqlError {
  return new SqlError(
    'There are more columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.',
    { number: 109, severity: 15, line },
  );
}

/** 110. */
export function moreValuesThanColumns(line: number): SqlError {
  return new SqlError(
    'There are fewer columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.',
    { number: 110, severity: 15, line },
  );
}

/** 120. */
export function fewerSelectedThanColumns(line: number): SqlError {
  return new SqlError(
    'The select list for the INSERT statement contains fewer items than the insert list. The number of SELECT values must match the number of INSERT columns.',
    { number: 120, severity: 15, line },
  );
}

/** 121. */
export function moreSelectedThanColumns(line: number): SqlError {
  return new SqlError(
    'The select list for the INSERT statement contains more items than the insert list. The number of SELECT values must match the number of INSERT columns.',
    { number: 121, severity: 15, line },
  );
}

/** 10709. */
export function unequalValueRows(line: number): SqlError {
  return new SqlError('All rows in a table value constructor must have the same number of expressions.', {
    number: 10709,
    severity: 15,
    line,
  });
}

/** 334. */
export function outputBesideTrigger(table: string, line: number): SqlError {
  return new SqlError(
    `The target table '${table}' of the DML statement cannot have any enabled triggers if the statement contains an OUTPUT clause without INTO clause.`,
    { number: 334, line },
  );
}

/** 8672. */
export function rowChangedTwice(): SqlError {
  return new SqlError(
    'The MERGE statement attempted to UPDATE or DELETE the same row more than once. This happens when a target row matches more than one source row. A MERGE statement cannot UPDATE/DELETE the same row of the target table multiple times. Refine the ON clause to ensure a target row matches at most one source row, or use the GROUP BY clause to group the source rows.',
    { number: 8672 },
  );
}

/** 544. */
export function identityInsertOff(table: string): SqlError {
  return new SqlError(
    `Cannot insert explicit value for identity column in table '${table}' when IDENTITY_INSERT is set to OFF.`,
    { number: 544 },
  );
}

/** 545. */
export function identityValueMissing(table: string): SqlError {
  return new SqlError(
    `Explicit value must be specified for identity column in table '${table}' either when IDENTITY_INSERT is set to ON or when a replication user is inserting into a NOT FOR REPLICATION identity column.`,
    { number: 545 },
  );
}

/** 4901. */
export function columnNeedsDefault(column: string, table: string): SqlError {
  return new SqlError(
    `ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition specified, or the column being added is an identity or timestamp column, or alternatively if none of the previous conditions are satisfied the table must be empty to allow addition of this column. Column '${column}' cannot be added to non-empty table '${table}' because it does not satisfy these conditions.`,
    { number: 4901 },
  );
}

/** 515. */
export function nullNotAllowed(column: string, table: string, statement: string): SqlError {
  return new SqlError(
    `Cannot insert the value NULL into column '${column}', table '${table}'; column does not allow nulls. ${statement} fails.`,
    { number: 515, state: 2 },
  );
}

/** 547. */
export function checkConflict(
  statement: string,
  constraint: string,
  database: string,
  schema: string,
  table: string,
  column: string,
): SqlError {
  return new SqlError(
    `The ${statement} statement conflicted with the CHECK constraint "${constraint}". The conflict occurred in database "${database}", table "${schema}.${table}"${column}.`,
    { number: 547, state: 0 },
  );
}

/** 4701. */
export function truncateTargetNotFound(table: string, line: number): SqlError {
  return new SqlError(`Cannot find the object "${table}" because it does not exist or you do not have permissions.`, {
    number: 4701,
    line,
  });
}

/** 4712. */
export function truncatesReferenced(table: string, line: number): SqlError {
  return new SqlError(`Cannot truncate table '${table}' because it is being referenced by a FOREIGN KEY constraint.`, {
    number: 4712,
    line,
  });
}

/** 4403 and others. @param reason what keeps the view from being changed, as the text has it */
export function notUpdatable(name: string, reason: string, number: number, line: number): SqlError {
  return new SqlError(`Cannot update the view or function '${name}' because it contains ${reason}.`, { number, line });
}

/** 4406. */
export function derivedField(name: string, line: number): SqlError {
  return new SqlError(
    `Update or insert of view or function '${name}' failed because it contains a derived or constant field.`,
    { number: 4406, line },
  );
}

/** 8158. */
export function fewerValueColumnsThanNames(line: number): SqlError {
  return new SqlError('The table value constructor has fewer columns than were specified in the column list.', {
    number: 8158,
    state: 2,
    line,
  });
}

/** 8159. */
export function moreValueColumnsThanNames(line: number): SqlError {
  return new SqlError('The table value constructor has more columns than were specified in the column list.', {
    number: 8159,
    state: 2,
    line,
  });
}
