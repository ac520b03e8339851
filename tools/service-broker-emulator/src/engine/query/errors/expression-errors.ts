import { SqlError } from '../../../errors.ts';

/** 9829. */
export function stringAggTooLong(): SqlError {
  return new SqlError(
    'STRING_AGG aggregation result exceeded the limit of 8000 bytes. Use LOB types to avoid result truncation.',
    { number: 9829 },
  );
}

/** 214. */
export function invalidSplitSeparator(): SqlError {
  return new SqlError("Procedure expects parameter 'separator' of type 'nchar(1)/nvarchar(1)'.", {
    number: 214,
    state: 11,
  });
}

/** 8116. */
export function invalidSeriesArgument(type: string, line: number): SqlError {
  return new SqlError(`Argument data type ${type} is invalid for argument 1 of generate_series function.`, {
    number: 8116,
    line,
  });
}

/** 4199. */
export function zeroStep(): SqlError {
  return new SqlError("Invalid value '0' was specified for the STEP argument of GENERATE_SERIES.", { number: 4199 });
}

/** 8133. */
export function caseOfNulls(line: number): SqlError {
  return new SqlError(
    'At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.',
    { number: 8133, line },
  );
}

/** 10753. */
export function overRequired(functionName: string, line: number): SqlError {
  return new SqlError(`The function '${functionName}' must have an OVER clause.`, {
    number: 10753,
    severity: 15,
    line,
  });
}

/** 1023. */
export function invalidDatePart(line: number): SqlError {
  return new SqlError('Invalid parameter 1 specified for datepart.', { number: 1023, severity: 15, line });
}

/** 4121. */
export function unknownUserFunction(column: string, functionName: string, line: number): SqlError {
  return new SqlError(
    `Cannot find either column "${column}" or the user-defined function or aggregate "${functionName}", or the name is ambiguous.`,
    { number: 4121, line },
  );
}

/** 8144. */
export function tooManyFunctionArguments(functionName: string, line: number): SqlError {
  return new SqlError(`Procedure or function ${functionName} has too many arguments specified.`, {
    number: 8144,
    state: 2,
    line,
  });
}

/** 313. */
export function tooFewFunctionArguments(functionName: string, line: number): SqlError {
  return new SqlError(
    `An insufficient number of arguments were supplied for the procedure or function ${functionName}.`,
    { number: 313, state: 3, line },
  );
}

/** 130. */
export function nestedAggregate(line: number): SqlError {
  return new SqlError('Cannot perform an aggregate function on an expression containing an aggregate or a subquery.', {
    number: 130,
    severity: 15,
    line,
  });
}

/** 4108. */
export function windowOutsideSelect(line: number): SqlError {
  return new SqlError('Windowed functions can only appear in the SELECT or ORDER BY clauses.', {
    number: 4108,
    severity: 15,
    line,
  });
}

/** 4112. */
export function overOrderRequired(functionName: string, line: number): SqlError {
  return new SqlError(`The function '${functionName}' must have an OVER clause with ORDER BY.`, {
    number: 4112,
    severity: 15,
    line,
  });
}

/** 4116. */
export function tilesNotPositive(): SqlError {
  return new SqlError('The NTILE function requires a positive integer argument.', { number: 4116, severity: 15 });
}

/** 8730. */
export function negativeRowOffset(): SqlError {
  return new SqlError('Offset parameter for Lag and Lead functions cannot be a negative value.', { number: 8730 });
}

/** 10759. */
export function distinctBesideOver(line: number): SqlError {
  return new SqlError('Use of DISTINCT is not allowed with the OVER clause.', { number: 10759, severity: 15, line });
}

/** 174. */
export function wrongArgumentCount(functionName: string, count: number, line: number): SqlError {
  return new SqlError(`The ${functionName} function requires ${count} argument(s).`, {
    number: 174,
    severity: 15,
    line,
  });
}

/** 9500. */
export function invalidXmlValueType(type: string, line: number): SqlError {
  return new SqlError(`The data type '${type}' used in the VALUE method is invalid.`, { number: 9500, line });
}

/** 258. */
export function methodOnScalar(type: string, line: number): SqlError {
  return new SqlError(`Cannot call methods on ${type}.`, { number: 258, severity: 15, line });
}

/** 8172. */
export function literalExpected(position: number, method: string, line: number): SqlError {
  return new SqlError(`The argument ${position} of the XML data type method "${method}" must be a string literal.`, {
    number: 8172,
    line,
  });
}

/** 189. @param maximum infinite for a function that takes any number */
export function wrongArgumentRange(functionName: string, minimum: number, maximum: number, line: number): SqlError {
  return new SqlError(
    maximum === Number.POSITIVE_INFINITY
      ? `The function '${functionName}' requires at least ${minimum} argument(s).`
      : `The ${functionName} function requires ${minimum} to ${maximum} arguments.`,
    { number: 189, severity: 15, line },
  );
}

/** 195. */
export function unknownFunction(name: string, line: number): SqlError {
  return new SqlError(`'${name}' is not a recognized built-in function name.`, {
    number: 195,
    severity: 15,
    state: 10,
    line,
  });
}

/** 1015. */
export function aggregateInOn(line: number): SqlError {
  return new SqlError(
    'An aggregate cannot appear in an ON clause unless it is in a subquery contained in a HAVING clause or select list, and the column being aggregated is an outer reference.',
    { number: 1015, severity: 15, line },
  );
}

/** 147. */
export function aggregateInWhere(line: number): SqlError {
  return new SqlError(
    'An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.',
    { number: 147, severity: 15, line },
  );
}

/** 144. */
export function aggregateInGroupBy(line: number): SqlError {
  return new SqlError(
    'Cannot use an aggregate or a subquery in an expression used for the group by list of a GROUP BY clause.',
    { number: 144, severity: 15, line },
  );
}

/** 157. */
export function aggregateInSet(line: number): SqlError {
  return new SqlError('An aggregate may not appear in the set list of an UPDATE statement.', {
    number: 157,
    severity: 15,
    line,
  });
}

/** 4101. */
export function aggregateInApply(line: number): SqlError {
  return new SqlError('Aggregates on the right side of an APPLY cannot reference columns from the left side.', {
    number: 4101,
    severity: 15,
    line,
  });
}

/** 8124. */
export function aggregateOfSeveralColumns(line: number): SqlError {
  return new SqlError(
    'Multiple columns are specified in an aggregated expression containing an outer reference. If an expression being aggregated contains an outer reference, then that outer reference must be the only column referenced in the expression.',
    { number: 8124, severity: 16, line },
  );
}

/** 8161. */
export function argumentNotGrouped(position: number, functionName: string, line: number): SqlError {
  return new SqlError(
    `Argument ${position} of the ${functionName} function does not match any of the expressions in the GROUP BY clause.`,
    { number: 8161, line },
  );
}
