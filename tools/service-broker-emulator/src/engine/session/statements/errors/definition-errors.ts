import { SqlError } from '../../../../errors.ts';

/** 15110. */
export function ownerIsUserAlready(): SqlError {
  return new SqlError('The proposed new database owner is already a user or aliased in the database.', {
    number: 15110,
  });
}

/** 11700. */
export function zeroIncrement(sequence: string): SqlError {
  return new SqlError(`The increment for sequence object '${sequence}' cannot be zero.`, { number: 11700 });
}

/** 11708. */
export function invalidSequenceArgument(argument: string): SqlError {
  return new SqlError(`An invalid value was specified for argument '${argument}' for the given data type.`, {
    number: 11708,
  });
}

/** 11703. */
export function startOutOfRange(sequence: string): SqlError {
  return new SqlError(
    `The start value for sequence object '${sequence}' must be between the minimum and maximum value of the sequence object.`,
    { number: 11703 },
  );
}

/** 226. */
export function notInTransaction(statement: string): SqlError {
  return new SqlError(`${statement} statement not allowed within multi-statement transaction.`, {
    number: 226,
    state: 6,
  });
}

/** 3701. */
export function cannotDrop(kind: string, name: string): SqlError {
  return new SqlError(`Cannot drop the ${kind} '${name}', because it does not exist or you do not have permission.`, {
    number: 3701,
    severity: 11,
    state: 5,
  });
}

/** 3726. */
export function referencedByForeignKey(schema: string, table: string): SqlError {
  return new SqlError(
    `Could not drop object '${schema}.${table}' because it is referenced by a FOREIGN KEY constraint.`,
    { number: 3726 },
  );
}

/** 3705. */
export function wrongDropStatement(statement: string, name: string, kind: string, correct: string): SqlError {
  return new SqlError(
    `Cannot use DROP ${statement} with '${name}' because '${name}' is a ${kind}. Use DROP ${correct}.`,
    { number: 3705 },
  );
}

/** 15174. */
export function loginOwnsDatabase(login: string): SqlError {
  return new SqlError(
    `Login '${login}' owns one or more database(s). Change the owner of the database(s) before dropping the login.`,
    { number: 15174 },
  );
}

/** 3702. */
export function cannotDropUsedDatabase(database: string): SqlError {
  return new SqlError(`Cannot drop database "${database}" because it is currently in use.`, { number: 3702, state: 3 });
}

/** 8197. */
export function invalidTriggerTarget(object: string): SqlError {
  return new SqlError(`The object '${object}' does not exist or is invalid for this operation.`, {
    number: 8197,
    state: 4,
  });
}

/** 208. */
export function moduleNotFound(name: string): SqlError {
  return new SqlError(`Invalid object name '${name}'.`, { number: 208, state: 6 });
}

/** 2010. */
export function wrongModuleKind(name: string): SqlError {
  return new SqlError(`Cannot perform alter on '${name}' because it is an incompatible object type.`, { number: 2010 });
}

/** 15007. */
export function invalidLogin(login: string): SqlError {
  return new SqlError(`'${login}' is not a valid login or you do not have permission.`, { number: 15007 });
}

/** 15010. */
export function unknownDatabase(database: string): SqlError {
  return new SqlError(
    `The database '${database}' does not exist. Supply a valid database name. To see available databases, use sys.databases.`,
    { number: 15010 },
  );
}

/** 15033. */
export function invalidLanguage(language: string): SqlError {
  return new SqlError(`'${language}' is not a valid official language name.`, { number: 15033 });
}

/** 3732. */
export function typeInUse(type: string, user: string): SqlError {
  return new SqlError(
    `Cannot drop type '${type}' because it is being referenced by object '${user}'. There may be other objects that reference this type.`,
    { number: 3732 },
  );
}

/** 4621. */
export function grantOutsideMaster(): SqlError {
  return new SqlError('Permissions at the server scope can only be granted when the current database is master', {
    number: 4621,
    state: 10,
  });
}

/** 1038. */
export function unnamedIntoColumn(): SqlError {
  return new SqlError(
    'An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as "" or [] are not allowed. Change the alias to a valid name.',
    { number: 1038, severity: 15, state: 5 },
  );
}

/** 8106. */
export function noIdentityColumn(schema: string, table: string): SqlError {
  return new SqlError(`Table '${schema}.${table}' does not have the identity property. Cannot perform SET operation.`, {
    number: 8106,
  });
}

/** 8107. */
export function identityInsertTaken(database: string, schema: string, holder: string, table: string): SqlError {
  return new SqlError(
    `IDENTITY_INSERT is already ON for table '${database}.${schema}.${holder}'. Cannot perform SET operation for table '${table}'.`,
    { number: 8107 },
  );
}

/** 2108. @param verb create, alter, enable or disable */
export function triggerElsewhere(verb: string, table: string): SqlError {
  return new SqlError(`Cannot ${verb} trigger on '${table}' as the target is not in the current database.`, {
    number: 2108,
    severity: 15,
  });
}

/** 1787. */
export function cascadeBesideInsteadOf(foreignKey: string, table: string): SqlError {
  return new SqlError(
    `Cannot define foreign key constraint '${foreignKey}' with cascaded DELETE or UPDATE on table '${table}' because the table has an INSTEAD OF DELETE or UPDATE TRIGGER defined on it.`,
    { number: 1787 },
  );
}

/** 1767. */
export function invalidForeignKeyTable(foreignKey: string, schema: string, table: string): SqlError {
  return new SqlError(`Foreign key '${foreignKey}' references invalid table '${schema}.${table}'.`, { number: 1767 });
}

/** 1770. */
export function invalidReferencedColumn(foreignKey: string, column: string, table: string): SqlError {
  return new SqlError(
    `Foreign key '${foreignKey}' references invalid column '${column}' in referenced table '${table}'.`,
    { number: 1770 },
  );
}

/** 1776. */
export function noMatchingKey(schema: string, table: string, foreignKey: string): SqlError {
  return new SqlError(
    `There are no primary or candidate keys in the referenced table '${schema}.${table}' that match the referencing column list in the foreign key '${foreignKey}'.`,
    { number: 1776 },
  );
}

/** 4924. */
export function droppedColumnNotFound(column: string, table: string): SqlError {
  return new SqlError(`ALTER TABLE DROP COLUMN failed because column '${column}' does not exist in table '${table}'.`, {
    number: 4924,
  });
}

/** 4922 after 5074. @param change DROP COLUMN or ALTER COLUMN */
export function columnInUse(change: string, object: string, column: string): SqlError {
  const before = new SqlError(`The object '${object}' is dependent on column '${column}'.`, { number: 5074 });
  const text = `ALTER TABLE ${change} ${column} failed because one or more objects access this column.`;
  return new SqlError(text, { number: 4922, state: 9, before });
}

/** 1785. */
export function cascadesMeet(foreignKey: string, table: string): SqlError {
  return new SqlError(
    `Introducing FOREIGN KEY constraint '${foreignKey}' on table '${table}' may cause cycles or multiple cascade paths. Specify ON DELETE NO ACTION or ON UPDATE NO ACTION, or modify other FOREIGN KEY constraints.`,
    { number: 1785, state: 0 },
  );
}

/** 3725. */
export function keyReferenced(key: string, table: string, foreignKey: string): SqlError {
  return new SqlError(
    `The constraint '${key}' is being referenced by table '${table}', foreign key constraint '${foreignKey}'.`,
    { number: 3725, state: 0 },
  );
}

/** 3727 after what is in the way. */
export function constraintNotDropped(before: SqlError): SqlError {
  return new SqlError('Could not drop constraint. See previous errors.', { number: 3727, state: 0, before });
}

/** 3728. */
export function notAConstraint(name: string): SqlError {
  return new SqlError(`'${name}' is not a constraint.`, { number: 3728 });
}

/** 4924. */
export function alteredColumnNotFound(column: string, table: string): SqlError {
  return new SqlError(
    `ALTER TABLE ALTER COLUMN failed because column '${column}' does not exist in table '${table}'.`,
    { number: 4924 },
  );
}

/** 515. */
export function nullsInAlteredColumn(column: string, database: string, schema: string, table: string): SqlError {
  return new SqlError(
    `Cannot insert the value NULL into column '${column}', table '${database}.${schema}.${table}'; column does not allow nulls. UPDATE fails.`,
    { number: 515, state: 2 },
  );
}

/** 1913. */
export function indexExists(index: string, schema: string, table: string): SqlError {
  return new SqlError(
    `The operation failed because an index or statistics with name '${index}' already exists on table '${schema}.${table}'.`,
    { number: 1913 },
  );
}

/** 3701. */
export function cannotDropIndex(schema: string, table: string, index: string): SqlError {
  return new SqlError(
    `Cannot drop the index '${schema}.${table}.${index}', because it does not exist or you do not have permission.`,
    { number: 3701, severity: 11, state: 7 },
  );
}

/** 3723. */
export function indexOfConstraint(schema: string, table: string, index: string): SqlError {
  return new SqlError(
    `An explicit DROP INDEX is not allowed on index '${schema}.${table}.${index}'. It is being used for constraint enforcement.`,
    { number: 3723, state: 4 },
  );
}

/** 9772. */
export function brokerIdentifierTaken(database: string, line: number): SqlError {
  return new SqlError(
    `The Service Broker in database "${database}" cannot be enabled because there is already an enabled Service Broker with the same ID.`,
    { number: 9772, line },
  );
}

/** 11702. */
export function invalidSequenceType(sequence: string): SqlError {
  return new SqlError(
    `The sequence object '${sequence}' must be of data type int, bigint, smallint, tinyint, or decimal or numeric with a scale of 0, or any user-defined data type that is based on one of the above integer data types.`,
    { number: 11702 },
  );
}

/** 11705. */
export function minimumNotBelowMaximum(sequence: string): SqlError {
  return new SqlError(`The minimum value for sequence object '${sequence}' must be less than its maximum value.`, {
    number: 11705,
  });
}

/** 11701. */
export function incrementTooLarge(sequence: string): SqlError {
  return new SqlError(
    `The absolute value of the increment for sequence object '${sequence}' must be less than or equal to the difference between the minimum and maximum value of the sequence object.`,
    { number: 11701 },
  );
}

/** 2727. */
export function indexNotFound(index: string): SqlError {
  return new SqlError(`Cannot find index '${index}'.`, { number: 2727, severity: 11 });
}

/** 2706. */
export function tableOfStatisticsNotFound(table: string): SqlError {
  return new SqlError(`Table '${table}' does not exist.`, { number: 2706, severity: 11, state: 6 });
}

/** 2767. */
export function statisticsNotFound(statistics: string): SqlError {
  return new SqlError(`Could not locate statistics '${statistics}' in the system catalogs.`, { number: 2767 });
}

/** 15347. */
export function transfersOwned(): SqlError {
  return new SqlError('Cannot transfer an object that is owned by a parent object.', { number: 15347 });
}

/** 15348. */
export function transfersBound(): SqlError {
  return new SqlError('Cannot transfer a schemabound object.', { number: 15348 });
}

/** 15530. */
export function transferTaken(name: string): SqlError {
  return new SqlError(`The object with name "${name}" already exists.`, { number: 15530 });
}

/** 3729 for a sequence. */
export function sequenceInUse(sequence: string, user: string): SqlError {
  return new SqlError(`Cannot DROP SEQUENCE '${sequence}' because it is being referenced by object '${user}'.`, {
    number: 3729,
  });
}
