import { SqlError } from '../../errors.ts';
import { baseTypeName } from './format-type.ts';
import type { SqlType } from './sql-type.ts';

/** Error 245. */
export function conversionFailed(from: SqlType, value: string, to: SqlType): SqlError {
  return new SqlError(
    `Conversion failed when converting the ${baseTypeName(from)} value '${value}' to data type ${baseTypeName(to)}.`,
    { number: 245 },
  );
}

/** Error 8114. */
export function errorConverting(from: SqlType, to: SqlType): SqlError {
  return new SqlError(`Error converting data type ${baseTypeName(from)} to ${baseTypeName(to)}.`, {
    number: 8114,
    state: 5,
  });
}

/** Error 8115. @param from type name, or `expression` as most integer overflows say */
export function arithmeticOverflow(from: string, to: SqlType): SqlError {
  return new SqlError(`Arithmetic overflow error converting ${from} to data type ${baseTypeName(to)}.`, {
    number: 8115,
    state: 2,
  });
}

/** Error 220. */
export function smallIntegerOverflow(to: SqlType, value: number | bigint): SqlError {
  return new SqlError(`Arithmetic overflow error for data type ${baseTypeName(to)}, value = ${value}.`, {
    number: 220,
  });
}

/** Error 232. */
export function floatOverflow(to: SqlType, value: number): SqlError {
  return new SqlError(`Arithmetic overflow error for type ${baseTypeName(to)}, value = ${value.toFixed(6)}.`, {
    number: 232,
    state: 3,
  });
}

/** Error 241. */
export function dateConversionFailed(): SqlError {
  return new SqlError('Conversion failed when converting date and/or time from character string.', { number: 241 });
}

/** Error 242. */
export function dateOutOfRange(from: SqlType, to: SqlType): SqlError {
  return new SqlError(
    `The conversion of a ${baseTypeName(from)} data type to a ${baseTypeName(to)} data type resulted in an out-of-range value.`,
    { number: 242, state: 3 },
  );
}

/** Error 257. */
export function implicitConversionNotAllowed(from: SqlType, to: SqlType): SqlError {
  return new SqlError(
    `Implicit conversion from data type ${baseTypeName(from)} to ${baseTypeName(to)} is not allowed. Use the CONVERT function to run this query.`,
    { number: 257, state: 3 },
  );
}

/** Error 206. */
export function operandTypeClash(from: SqlType, to: SqlType): SqlError {
  return new SqlError(`Operand type clash: ${baseTypeName(from)} is incompatible with ${baseTypeName(to)}`, {
    number: 206,
    state: 2,
  });
}

/** Error 529. */
export function explicitConversionNotAllowed(from: SqlType, to: SqlType): SqlError {
  return new SqlError(
    `Explicit conversion from data type ${baseTypeName(from)} to ${baseTypeName(to)} is not allowed.`,
    { number: 529, state: 2 },
  );
}

/** Error 8134. */
export function divideByZero(): SqlError {
  return new SqlError('Divide by zero error encountered.', { number: 8134 });
}

/** Error 402. @param operator as SQL Server calls it, for example `add` or `equal to` */
export function incompatibleOperands(left: SqlType, right: SqlType, operator: string): SqlError {
  return new SqlError(
    `The data types ${baseTypeName(left)} and ${baseTypeName(right)} are incompatible in the ${operator} operator.`,
    { number: 402 },
  );
}

/** Error 8117. */
export function invalidOperandType(type: SqlType, operator: string): SqlError {
  return new SqlError(`Operand data type ${baseTypeName(type)} is invalid for ${operator} operator.`, { number: 8117 });
}

/** Error 8116. */
export function invalidArgumentType(type: SqlType, position: number, functionName: string): SqlError {
  return new SqlError(
    `Argument data type ${baseTypeName(type)} is invalid for argument ${position} of ${functionName.toLowerCase()} function.`,
    { number: 8116 },
  );
}

/** 468. */
export function collationConflict(first: string, second: string, operation: string): SqlError {
  return new SqlError(
    `Cannot resolve the collation conflict between "${first}" and "${second}" in the ${operation} operation.`,
    { number: 468, state: 9 },
  );
}

/** 451. */
export function collationConflictInColumn(first: string, second: string, operator: string, column: number): SqlError {
  return new SqlError(
    `Cannot resolve collation conflict between "${first}" and "${second}" in ${operator} operator occurring in SELECT statement column ${column}.`,
    { number: 451 },
  );
}

/** 459. */
export function collationNotForVarchar(collation: string): SqlError {
  return new SqlError(
    `Collation '${collation}' is supported on Unicode data types only and cannot be applied to char, varchar or text data types.`,
    { number: 459 },
  );
}

/** 4188. */
export function collationNotForText(column: string, type: SqlType, collation: string): SqlError {
  return new SqlError(
    `Column or parameter '${column}' has type '${type.name}' and collation '${collation}'. The legacy LOB types do not support UTF-8 or UTF-16 encodings. Use types varchar(max), nvarchar(max) or a collation which does not have the _SC or _UTF8 flags.`,
    { number: 4188 },
  );
}

/** 9833. */
export function invalidUtf8(): SqlError {
  return new SqlError('Invalid data for UTF8-encoded characters.', { number: 9833 });
}

/** 448. */
export function invalidCollation(name: string): SqlError {
  return new SqlError(`Invalid collation '${name}'.`, { number: 448 });
}

/** 295. */
export function smalldatetimeSyntax(): SqlError {
  return new SqlError('Conversion failed when converting character string to smalldatetime data type.', {
    number: 295,
    state: 3,
  });
}

/** 248. */
export function intTextOverflow(type: string, text: string): SqlError {
  return new SqlError(`The conversion of the ${type} value '${text}' overflowed an int column.`, { number: 248 });
}

/** 244. */
export function integerTextOverflow(type: string, text: string, column: string): SqlError {
  return new SqlError(
    `The conversion of the ${type} value '${text}' overflowed an ${column} column. Use a larger integer column.`,
    { number: 244 },
  );
}

/** 235 for money, 293 for smallmoney. */
export function moneySyntax(to: SqlType): SqlError {
  return new SqlError(`Cannot convert a char value to ${to.name}. The char value has incorrect syntax.`, {
    number: to.name === 'money' ? 235 : 293,
    state: 0,
  });
}

/** 234 for money, 8170 for uniqueidentifier and so on. @param what value and target, as the text has them */
export function insufficientSpace(number: number, what: string): SqlError {
  return new SqlError(`Insufficient result space to convert ${what}.`, { number, state: 2 });
}

/** 281. */
export function invalidStyle(style: number, type: string): SqlError {
  return new SqlError(`${style} is not a valid style number when converting from ${type} to a character string.`, {
    number: 281,
  });
}

/** 8169. */
export function invalidUniqueIdentifier(): SqlError {
  return new SqlError('Conversion failed when converting from a character string to uniqueidentifier.', {
    number: 8169,
    state: 2,
  });
}

/** 2628. */
export function truncatedValue(columnName: string, tableName: string, kept: string): SqlError {
  return new SqlError(
    `String or binary data would be truncated in table '${tableName}', column '${columnName}'. Truncated value: '${kept}'.`,
    { number: 2628 },
  );
}

/** 8114. */
export function datetimeNotConvertible(type: string): SqlError {
  return new SqlError(`Error converting data type ${type} to varchar.`, { number: 8114, state: 5 });
}

/** 2716. */
export function widthNotAllowed(name: string): SqlError {
  return new SqlError(
    `Column, parameter, or variable #1: Cannot specify a column width on data type ${name.toLowerCase()}.`,
    { number: 2716 },
  );
}

/** 1001. */
export function invalidLengthOrPrecision(length: number): SqlError {
  return new SqlError(`Length or precision specification ${length} is invalid.`, { number: 1001, severity: 15 });
}

/** 131. */
export function sizeTooLarge(size: number, type: string): SqlError {
  return new SqlError(
    `The size (${size}) given to the type '${type}' exceeds the maximum allowed for any data type (8000).`,
    { number: 131, severity: 15, state: 2 },
  );
}

/** 2751. */
export function scaleBeyondPrecision(scale: number, precision: number): SqlError {
  return new SqlError(
    `Column or parameter #1: Specified column scale ${scale} is greater than the specified precision of ${precision}.`,
    { number: 2751 },
  );
}

/** 1002. */
export function invalidScale(scale: string | number): SqlError {
  return new SqlError(`Specified scale ${scale} is invalid.`, { number: 1002, severity: 15 });
}

/** 506. */
export function invalidEscape(character: string): SqlError {
  return new SqlError(`The invalid escape character "${character}" was specified in a LIKE predicate.`, {
    number: 506,
  });
}

/** 168. */
export function floatLiteralOutOfRange(text: string): SqlError {
  return new SqlError(`The floating point value '${text}' is out of the range of computer representation (8 bytes).`, {
    number: 168,
    severity: 15,
  });
}

/** 102. */
export function syntaxNear(near: string): SqlError {
  return new SqlError(`Incorrect syntax near '${near}'.`, { number: 102, severity: 15 });
}

/** 1007. */
export function decimalLiteralOutOfRange(text: string): SqlError {
  return new SqlError(`The number '${text}' is out of the range for numeric representation (maximum precision 38).`, {
    number: 1007,
    severity: 15,
  });
}

/** 2750. */
export function precisionTooLarge(precision: number | 'max', maximum: number): SqlError {
  return new SqlError(
    `Column or parameter #1: Specified column precision ${precision} is greater than the maximum precision of ${maximum}.`,
    { number: 2750 },
  );
}
