import { SqlError } from '../../../errors.ts';
import type { SqlType } from '../../types/sql-type.ts';

/** 1033. */
export function orderByInNested(line: number): SqlError {
  return new SqlError(
    'The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified.',
    { number: 1033, severity: 15, line },
  );
}

/** 4511. */
export function unnamedViewColumn(column: number, procedure: string, line: number): SqlError {
  return new SqlError(`Create View or Function failed because no column name was specified for column ${column}.`, {
    number: 4511,
    procedure,
    line,
  });
}

/** 4514. */
export function unnamedFunctionColumn(column: number, procedure: string, line: number): SqlError {
  return new SqlError(`CREATE FUNCTION failed because a column name is not specified for column ${column}.`, {
    number: 4514,
    procedure,
    line,
  });
}

/** 239. */
export function duplicateCte(name: string): SqlError {
  return new SqlError(`Duplicate common table expression name '${name}' was specified.`, { number: 239 });
}

/** 252. */
export function recursionWithoutUnionAll(name: string, line: number): SqlError {
  return new SqlError(`Recursive common table expression '${name}' does not contain a top-level UNION ALL operator.`, {
    number: 252,
    line,
  });
}

/** 240. */
export function recursionTypesDiffer(column: string, query: string, line: number): SqlError {
  return new SqlError(
    `Types don't match between the anchor and the recursive part in column "${column}" of recursive query "${query}".`,
    { number: 240, line },
  );
}

/** 530. */
export function recursionExhausted(limit: number): SqlError {
  return new SqlError(
    `The statement terminated. The maximum recursion ${limit} has been exhausted before statement completion.`,
    { number: 530 },
  );
}

/** 205. */
export function unequalSetColumns(line: number): SqlError {
  return new SqlError(
    'All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.',
    { number: 205, line },
  );
}

/** 13605. */
export function unnamedJsonColumn(line: number): SqlError {
  return new SqlError(
    'Column expressions and data sources without names or aliases cannot be formatted as JSON text using FOR JSON clause. Add alias to the unnamed column or table.',
    { number: 13605, line },
  );
}

/** 13601. */
export function conflictingJsonProperty(property: string, line: number): SqlError {
  return new SqlError(
    `Property '${property}' cannot be generated in JSON output due to a conflict with another column name or alias. Use different names and aliases for each column in SELECT list.`,
    { number: 13601, line },
  );
}

/** 6809. */
export function unnamedXmlColumn(line: number): SqlError {
  return new SqlError(
    'Unnamed tables cannot be used as XML identifiers as well as unnamed columns cannot be used for attribute names. Name unnamed columns/tables using AS in the SELECT statement.',
    { number: 6809, line },
  );
}

/** 6864. */
export function attributeWithoutRow(): SqlError {
  return new SqlError(
    'Row tag omission (empty row tag name) cannot be used with attribute-centric FOR XML serialization.',
    { number: 6864 },
  );
}

/** 145. */
export function orderByBesideDistinct(line: number): SqlError {
  return new SqlError('ORDER BY items must appear in the select list if SELECT DISTINCT is specified.', {
    number: 145,
    severity: 15,
    line,
  });
}

/** 108. */
export function orderPositionOutOfRange(position: string, line: number): SqlError {
  return new SqlError(
    `The ORDER BY position number ${position} is out of range of the number of items in the select list.`,
    { number: 108, severity: 15, line },
  );
}

/** 104. */
export function orderByNotSelected(line: number): SqlError {
  return new SqlError(
    'ORDER BY items must appear in the select list if the statement contains a UNION, INTERSECT or EXCEPT operator.',
    { number: 104, severity: 15, line },
  );
}

/** 1062. */
export function tiesWithoutOrder(line: number): SqlError {
  return new SqlError('The TOP N WITH TIES clause is not allowed without a corresponding ORDER BY clause.', {
    number: 1062,
    severity: 15,
    line,
  });
}

/** 4115. */
export function columnInRowLimit(column: string, line: number): SqlError {
  return new SqlError(
    `The reference to column "${column}" is not allowed in an argument to a TOP, OFFSET, or FETCH clause. Only references to columns at an outer scope or standalone expressions and subqueries are allowed here.`,
    { number: 4115, severity: 15, line },
  );
}

/** 1031. */
export function invalidPercent(): SqlError {
  return new SqlError('Percent values must be between 0 and 100.', { number: 1031 });
}

/** 1060. */
export function rowCountNotInteger(line: number): SqlError {
  return new SqlError(
    'The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.',
    { number: 1060, severity: 15, line },
  );
}

/** 1014. */
export function invalidRowCount(): SqlError {
  return new SqlError('A TOP or FETCH clause contains an invalid value.', { number: 1014 });
}

/** 10742. */
export function negativeOffset(): SqlError {
  return new SqlError('The offset specified in a OFFSET clause may not be negative.', { number: 10742, severity: 15 });
}

/** 10744. */
export function fetchNotPositive(): SqlError {
  return new SqlError('The number of rows provided for a FETCH clause must be greater then zero.', {
    number: 10744,
    severity: 15,
  });
}

/** 1060. */
export function negativeRowCount(): SqlError {
  return new SqlError('A TOP N or FETCH rowcount value may not be negative.', { number: 1060, severity: 15 });
}

/** 8155. */
export function unnamedColumn(position: number, alias: string): SqlError {
  return new SqlError(`No column name was specified for column ${position} of '${alias}'.`, { number: 8155, state: 2 });
}

/** 8156. */
export function repeatedColumn(column: string, alias: string): SqlError {
  return new SqlError(`The column '${column}' was specified multiple times for '${alias}'.`, { number: 8156 });
}

/** 8158. */
export function fewerColumnsThanNames(alias: string): SqlError {
  return new SqlError(`'${alias}' has fewer columns than were specified in the column list.`, {
    number: 8158,
    state: 2,
  });
}

/** 8159. */
export function moreColumnsThanNames(alias: string): SqlError {
  return new SqlError(`'${alias}' has more columns than were specified in the column list.`, {
    number: 8159,
    state: 2,
  });
}

/** 141. */
export function assignmentBesideSelection(line: number): SqlError {
  return new SqlError(
    'A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.',
    { number: 141, severity: 15, line },
  );
}

/** 263. */
export function starWithoutTable(line: number): SqlError {
  return new SqlError('Must specify table to select from.', { number: 263, line });
}

/** 10734. */
export function assignmentInSetOperation(line: number): SqlError {
  return new SqlError(
    'Variable assignment is not allowed in a statement containing a top level UNION, INTERSECT or EXCEPT operator.',
    { number: 10734, severity: 15, line },
  );
}

/** 196. */
export function intoBesideFirst(line: number): SqlError {
  return new SqlError(
    'SELECT INTO must be the first query in a statement containing a UNION, INTERSECT or EXCEPT operator.',
    { number: 196, severity: 15, line },
  );
}

/** 3952. */
export function snapshotNotAllowed(database: string): SqlError {
  return new SqlError(
    `Snapshot isolation transaction failed accessing database '${database}' because snapshot isolation is not allowed in this database. Use ALTER DATABASE to allow snapshot isolation.`,
    { number: 3952 },
  );
}

/** 650. */
export function readpastNotAllowed(line: number): SqlError {
  return new SqlError(
    'You can only specify the READPAST lock in the READ COMMITTED or REPEATABLE READ isolation levels.',
    { number: 650, line },
  );
}

/** 1011. */
export function repeatedCorrelationName(name: string, line: number): SqlError {
  return new SqlError(`The correlation name '${name}' is specified multiple times in a FROM clause.`, {
    number: 1011,
    line,
  });
}

/** 1013. @param name with its schema */
export function sameExposedNames(name: string, line: number): SqlError {
  return new SqlError(
    `The objects "${name}" and "${name}" in the FROM clause have the same exposed names. Use correlation names to distinguish them.`,
    { number: 1013, line },
  );
}

/** 1934. */
export function incorrectSettings(statement: string, options: readonly string[]): SqlError {
  return new SqlError(
    `${statement} failed because the following SET options have incorrect settings: '${options.join(', ')}'. Verify that SET options are correct for use with indexed views and/or indexes on computed columns and/or filtered indexes and/or query notifications and/or XML data type methods and/or spatial index operations.`,
    { number: 1934 },
  );
}

/** 473 after 8114: a value in the list of PIVOT that its column can't have. */
export function pivotValueInvalid(value: string, type: SqlType, line: number): SqlError {
  const before = new SqlError(`Error converting data type nvarchar to ${type.name}.`, { number: 8114, line });
  return new SqlError(`The incorrect value "${value}" is supplied in the PIVOT operator.`, {
    number: 473,
    line,
    before,
  });
}

/** 8167. */
export function unpivotedTypesDiffer(column: string, line: number): SqlError {
  return new SqlError(
    `The type of column "${column}" conflicts with the type of other columns specified in the UNPIVOT list.`,
    { number: 8167, line },
  );
}
