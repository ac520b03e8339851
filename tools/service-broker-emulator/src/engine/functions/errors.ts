import { SqlError } from '../../errors.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { DatePart } from './date/date-part.ts';

/** 4199. */
export function invalidArgumentValue(value: number, functionName: string): SqlError {
  return new SqlError(`Argument value ${value} is invalid for function ${functionName}.`, { number: 4199 });
}

/** 13610. */
export function invalidSeparator(): SqlError {
  return new SqlError('An invalid value was specified for argument 2.', { number: 13610 });
}

/** 9810. */
export function unsupportedBucketPart(part: string): SqlError {
  return new SqlError(`The datepart ${part} is not supported by date function date_bucket.`, { number: 9810 });
}

/** 9834. */
export function invalidBucketWidth(): SqlError {
  return new SqlError('Invalid bucket width value passed to date_bucket function. Only positive values are allowed.', {
    number: 9834,
  });
}

/** 517. */
export function dateOverflow(type: string): SqlError {
  return new SqlError(`Adding a value to a '${type}' column caused an overflow.`, { number: 517 });
}

/** 289. */
export function cannotConstruct(type: string): SqlError {
  return new SqlError(`Cannot construct data type ${type}, some of the arguments have values which are not valid.`, {
    number: 289,
  });
}

/** 9810. */
export function unsupportedDatePart(part: DatePart, type: SqlType, name: string): SqlError {
  return new SqlError(
    `The datepart ${part} is not supported by date function ${name.toLowerCase()} for data type ${type.name}.`,
    { number: 9810 },
  );
}

/** 535. */
export function dateDifferenceOverflow(): SqlError {
  return new SqlError(
    `The datediff function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use datediff with a less precise datepart.`,
    { number: 535, state: 0 },
  );
}

/** 9812. */
export function invalidOffset(functionName: string): SqlError {
  return new SqlError(`The timezone provided to builtin function ${functionName} is invalid.`, { number: 9812 });
}

/** 155. */
export function unknownDatePart(part: string, functionName: string): SqlError {
  return new SqlError(`'${part}' is not a recognized ${functionName} option.`, { number: 155, severity: 15 });
}

/** 9818. */
export function unsupportedCulture(culture: string): SqlError {
  return new SqlError(`The culture parameter '${culture}' provided in the function call is not supported.`, {
    number: 9818,
  });
}

/** 8484. */
export function invalidChecksumArgument(): SqlError {
  return new SqlError('Error in argument to checksum.', { number: 8484 });
}

/** 9829. */
export function invalidCompressedData(cause: unknown): SqlError {
  return new SqlError('Invalid data was passed to the DECOMPRESS function.', { number: 9829 }, { cause });
}

/** 13623. */
export function noScalarAtPath(): SqlError {
  return new SqlError('Scalar value cannot be found in the specified JSON path.', { number: 13623, state: 2 });
}

/** 13625. */
export function jsonTextTruncated(): SqlError {
  return new SqlError('String value in the specified JSON path would be truncated.', { number: 13625 });
}

/** 13611. */
export function noArrayAtPath(): SqlError {
  return new SqlError('Array cannot be found in the specified JSON path.', { number: 13611 });
}

/** 13624. */
export function noObjectAtPath(): SqlError {
  return new SqlError('Object or array cannot be found in the specified JSON path.', { number: 13624, state: 2 });
}

/** Error 13608: a strict path leads nowhere. */
export function pathNotFound(): SqlError {
  return new SqlError('Property cannot be found on the specified JSON path.', { number: 13608, state: 2 });
}

/** 13609. */
export function malformedJson(found: string, position: number): SqlError {
  return new SqlError(
    `JSON text is not properly formatted. Unexpected character '${found}' is found at position ${position}.`,
    { number: 13609, state: 4 },
  );
}

/** 3623. */
export function invalidFloatOperation(): SqlError {
  return new SqlError('An invalid floating point operation occurred.', { number: 3623 });
}

/** 18054. */
export function messageNotFound(message: string): SqlError {
  return new SqlError(`The message ${message} could not be found in sys.messages.`, { number: 18054 });
}

/** 9828. */
export function unequalTranslateArguments(): SqlError {
  return new SqlError(
    'The second and third arguments of the TRANSLATE built-in function must contain an equal number of characters.',
    { number: 9828 },
  );
}

/** 537 for SUBSTRING and LEFT, 536 for the others. */
export function invalidLength(name: string): SqlError {
  return new SqlError(`Invalid length parameter passed to the ${name} function.`, {
    number: name === 'SUBSTRING' || name === 'LEFT' ? 537 : 536,
    state: name === 'LEFT' ? 2 : 1,
  });
}

/** 9820. */
export function invalidTimeZone(zone: string): SqlError {
  return new SqlError(`The time zone parameter '${zone}' provided to AT TIME ZONE clause is invalid.`, {
    number: 9820,
    state: 2,
  });
}

/** 13607. @param found the character in the way */
export function malformedJsonPath(found: string, position: number): SqlError {
  return new SqlError(
    `JSON path is not properly formatted. Unexpected character '${found}' is found at position ${position}.`,
    { number: 13607, state: 4 },
  );
}

/** 4151. */
export function nullifOfNull(line = 0): SqlError {
  return new SqlError(
    'The type of the first argument to NULLIF cannot be the NULL constant because the type of the first argument has to be known.',
    { number: 4151, line },
  );
}

/** 8116 for a NULL constant. */
export function nullArgument(position: number, functionName: string): SqlError {
  return new SqlError(
    `Argument data type NULL is invalid for argument ${position} of ${functionName.toLowerCase()} function.`,
    { number: 8116 },
  );
}

/** 2787. */
export function invalidFormat(specification: string): SqlError {
  return new SqlError(`Invalid format specification: '${specification}'.`, { number: 2787 });
}

/** 4127. */
export function coalesceOfNulls(line = 0): SqlError {
  return new SqlError(
    'At least one of the arguments to COALESCE must be an expression that is not the NULL constant.',
    { number: 4127, line },
  );
}

/** 2786. */
export function substitutionMismatch(index: number): SqlError {
  return new SqlError(
    `The data type of substitution parameter ${index} does not match the expected type of the format specification.`,
    {
      number: 2786,
    },
  );
}
