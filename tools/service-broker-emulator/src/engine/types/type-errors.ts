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
