import { SqlError } from '../../errors.ts';

/** 1911. */
export function columnNotInTarget(column: string): SqlError {
  return new SqlError(`Column name '${column}' does not exist in the target table or view.`, { number: 1911 });
}

/** 2705. */
export function duplicateColumn(column: string, table: string): SqlError {
  return new SqlError(
    `Column names in each table must be unique. Column name '${column}' in table '${table}' is specified more than once.`,
    { number: 2705 },
  );
}

/** 173. */
export function columnWithoutType(column: string): SqlError {
  return new SqlError(`The definition for column '${column}' must include a data type.`, { number: 173 });
}

/** 2744. */
export function secondIdentity(table: string): SqlError {
  return new SqlError(
    `Multiple identity columns specified for table '${table}'. Only one identity column per table is allowed.`,
    { number: 2744, state: 2 },
  );
}

/** 2749. */
export function invalidIdentityType(column: string): SqlError {
  return new SqlError(
    `Identity column '${column}' must be of data type int, bigint, smallint, tinyint, or decimal or numeric with a scale of 0, unencrypted, and constrained to be nonnullable.`,
    { number: 2749, state: 2 },
  );
}

/** 8111. */
export function nullablePrimaryKey(table: string): SqlError {
  return new SqlError(`Cannot define PRIMARY KEY constraint on nullable column in table '${table}'.`, { number: 8111 });
}

/** 1750, after the error with the reason. */
export function constraintNotCreated(before: SqlError): SqlError {
  return new SqlError('Could not create constraint or index. See previous errors.', { number: 1750, state: 0, before });
}

/** 1779. */
export function secondPrimaryKey(table: string): SqlError {
  return new SqlError(`Table '${table}' already has a primary key defined on it.`, { number: 1779 });
}

/** 1781. */
export function secondDefault(): SqlError {
  return new SqlError('Column already has a DEFAULT bound to it.', { number: 1781 });
}

/** 1767. */
export function invalidReferencedTable(foreignKey: string, schema: string, table: string): SqlError {
  return new SqlError(`Foreign key '${foreignKey}' references invalid table '${schema}.${table}'.`, { number: 1767 });
}

/** 1752. */
export function invalidDefaultColumn(column: string, table: string): SqlError {
  return new SqlError(`Column '${column}' in table '${table}' is invalid for creating a default constraint.`, {
    number: 1752,
    state: 0,
  });
}

/** 1769. */
export function invalidReferencingColumn(foreignKey: string, column: string, table: string): SqlError {
  return new SqlError(
    `Foreign key '${foreignKey}' references invalid column '${column}' in referencing table '${table}'.`,
    { number: 1769 },
  );
}

/** 1763. @param name the table's, as it was written */
export function keyAcrossDatabases(name: string): SqlError {
  return new SqlError(`Cross-database foreign key references are not supported. Foreign key '${name}'.`, {
    number: 1763,
    state: 0,
  });
}

/** 2760. */
export function schemaNotFound(schema: string): SqlError {
  return new SqlError(
    `The specified schema name "${schema}" either does not exist or you do not have permission to use it.`,
    { number: 2760 },
  );
}

/** 2714. */
export function nameTaken(name: string): SqlError {
  return new SqlError(`There is already an object named '${name}' in the database.`, { number: 2714, state: 6 });
}

/** 219. */
export function typeExists(schema: string, name: string): SqlError {
  return new SqlError(`The type '${schema}.${name}' already exists, or you do not have permission to create it.`, {
    number: 219,
  });
}

/** 15151. */
export function cannotDropSchema(schema: string): SqlError {
  return new SqlError(`Cannot drop the schema '${schema}', because it does not exist or you do not have permission.`, {
    number: 15151,
  });
}

/** 3729. */
export function schemaInUse(schema: string, object: string): SqlError {
  return new SqlError(`Cannot drop schema '${schema}' because it is being referenced by object '${object}'.`, {
    number: 3729,
  });
}

/** 2761. */
export function rowGuidType(): SqlError {
  return new SqlError('The ROWGUIDCOL property can only be set on the uniqueidentifier data type.', { number: 2761 });
}

/** 8196. */
export function secondRowGuid(): SqlError {
  return new SqlError('Duplicate column specified as ROWGUIDCOL.', { number: 8196 });
}
