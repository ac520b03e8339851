import { SqlError } from '../errors.ts';

/** Severity of everything that the parser reports, as in SQL Server. */
const syntaxSeverity = 15;

function syntaxError(number: number, message: string, line: number): SqlError {
  return new SqlError(message, { number, line, severity: syntaxSeverity });
}

/** 102, for a token that is not a keyword and for a batch that ends too early. */
export function incorrectSyntax(near: string, line: number): SqlError {
  return syntaxError(102, `Incorrect syntax near '${near}'.`, line);
}

/** 156. */
export function incorrectKeyword(near: string, line: number): SqlError {
  return syntaxError(156, `Incorrect syntax near the keyword '${near}'.`, line);
}

/** 319, for a WITH that may begin a common table expression after a statement without its semicolon. */
export function unexpectedWith(near: string, line: number): SqlError {
  return syntaxError(
    319,
    `Incorrect syntax near the keyword '${near}'. If this statement is a common table expression, an xmlnamespaces ` +
      'clause or a change tracking context clause, the previous statement must be terminated with a semicolon.',
    line,
  );
}

/** 336, for `FROM t WITH name`. */
export function unterminatedBeforeCte(near: string, line: number): SqlError {
  return syntaxError(
    336,
    `Incorrect syntax near '${near}'. If this is intended to be a common table expression, you need to explicitly ` +
      'terminate the previous statement with a semi-colon.',
    line,
  );
}

/** 105. */
export function unclosedQuote(text: string, line: number): SqlError {
  return syntaxError(105, `Unclosed quotation mark after the character string '${text}'.`, line);
}

/** 113. */
export function missingCommentEnd(line: number): SqlError {
  return syntaxError(113, "Missing end comment mark '*/'.", line);
}

/** 103. */
export function identifierTooLong(name: string, line: number): SqlError {
  return syntaxError(
    103,
    `The identifier that starts with '${name.slice(0, 128)}' is too long. Maximum length is 128.`,
    line,
  );
}

/** 1038, for `[]` and `""`. */
export function emptyName(line: number): SqlError {
  return syntaxError(
    1038,
    'An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other ' +
      'statements, look for empty alias names. Aliases defined as "" or [] are not allowed. Change the alias to a valid name.',
    line,
  );
}

/** 111. @param statement as SQL Server names it, for example `CREATE/ALTER PROCEDURE` */
export function mustBeFirstInBatch(statement: string, line: number): SqlError {
  return syntaxError(111, `'${statement}' must be the first statement in a query batch.`, line);
}

/** 166. @param statement as SQL Server names it, for example `CREATE/ALTER VIEW` */
export function databaseInName(statement: string, line: number): SqlError {
  return syntaxError(
    166,
    `'${statement}' does not allow specifying the database name as a prefix to the object name.`,
    line,
  );
}

/** 117, for a type of another database. */
export function databaseInTypeName(name: string, line: number): SqlError {
  return syntaxError(
    117,
    `The type name '${name}' contains more than the maximum number of prefixes. The maximum is 1.`,
    line,
  );
}

/** 191. */
export function nestedTooDeeply(line: number): SqlError {
  return syntaxError(
    191,
    'Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.',
    line,
  );
}

/** 4145. */
export function conditionExpected(near: string, line: number): SqlError {
  return syntaxError(
    4145,
    `An expression of non-boolean type specified in a context where a condition is expected, near '${near}'.`,
    line,
  );
}

/** 195. @param category for example `SET option` */
export function notRecognized(name: string, category: string, line: number): SqlError {
  return syntaxError(195, `'${name}' is not a recognized ${category}.`, line);
}

/** 321. */
export function unknownTableHint(name: string, line: number): SqlError {
  return syntaxError(
    321,
    `"${name}" is not a recognized table hints option. If it is intended as a parameter to a table-valued function or ` +
      'to the CHANGETABLE function, ensure that your database compatibility mode is set to 90.',
    line,
  );
}

/** 343. */
export function unknownObjectType(name: string, line: number): SqlError {
  return syntaxError(343, `Unknown object type '${name}' used in a CREATE, DROP, or ALTER statement.`, line);
}

/** 10713. */
export function mergeNeedsSemicolon(line: number): SqlError {
  return syntaxError(10713, 'A MERGE statement must be terminated by a semi-colon (;).', line);
}

/** 135 and 136. */
export function outsideLoop(statement: 'BREAK' | 'CONTINUE', line: number): SqlError {
  return statement === 'BREAK'
    ? syntaxError(135, 'Cannot use a BREAK statement outside the scope of a WHILE statement.', line)
    : syntaxError(136, 'Cannot use a CONTINUE statement outside the scope of a WHILE statement.', line);
}

/** 10704. */
export function throwOutsideCatch(line: number): SqlError {
  return syntaxError(
    10704,
    'To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH ' +
      'block, or add error parameters to the THROW statement.',
    line,
  );
}

/** 154. */
export function useInModule(line: number): SqlError {
  return syntaxError(154, 'a USE database statement is not allowed in a procedure, function or trigger.', line);
}

/** 132. */
export function duplicateLabel(label: string, line: number): SqlError {
  return syntaxError(
    132,
    `The label '${label}' has already been declared. Label names must be unique within a query batch or stored procedure.`,
    line,
  );
}

/** 133. */
export function undeclaredLabel(label: string, line: number): SqlError {
  return syntaxError(
    133,
    `A GOTO statement references the label '${label}' but the label has not been declared.`,
    line,
  );
}

/** 13620. */
export function conflictingJsonOptions(line: number): SqlError {
  return new SqlError(
    'ROOT option and WITHOUT_ARRAY_WRAPPER option cannot be used together in FOR JSON. Remove one of these options.',
    { number: 13620, line },
  );
}

/** 1019: columns behind a permission and behind the object. */
export function columnsTwice(line: number): SqlError {
  return syntaxError(1019, 'Invalid column list after object name in GRANT/REVOKE statement.', line);
}

/** 1020: columns of a permission, or of a securable, that is never given on columns. */
export function columnsNotAllowed(line: number): SqlError {
  return syntaxError(
    1020,
    'Sub-entity lists (such as column or security expressions) cannot be specified for entity-level permissions.',
    line,
  );
}

/** 10703. */
export function tooManyGroupingSets(maximum: number, line: number): SqlError {
  return syntaxError(10703, `Too many grouping sets. The maximum number is ${maximum}.`, line);
}
