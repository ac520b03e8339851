import { bitFunctions } from './bit-functions.ts';
import { choiceFunctions } from './choice-functions.ts';
import { concatFunctions } from './concat-functions.ts';
import { currentTimeFunctions } from './current-time-functions.ts';
import { dateBucketFunctions } from './date-bucket.ts';
import { dateConstructionFunctions } from './date-construction.ts';
import { dateFunctions } from './date-functions.ts';
import { errorFunctions } from './error-functions.ts';
import { formatFunctions } from './format-functions.ts';
import { hashFunctions } from './hash-functions.ts';
import { jsonFunctions } from './json-functions.ts';
import { mathFunctions } from './math-functions.ts';
import { metadataFunctions } from './metadata-functions.ts';
import { moduleFunctions } from './module-functions.ts';
import { nullFunctions } from './null-functions.ts';
import type { ScalarFunction } from './scalar-function.ts';
import { searchFunctions } from './search-functions.ts';
import { sessionFunctions } from './session-functions.ts';
import { stringFunctions } from './string-functions.ts';
import { timeZoneFunctions } from './time-zone-functions.ts';
import { typeFunctions } from './type-functions.ts';

export { isDatePartFunction } from './date-part.ts';
export { findGlobalVariable } from './global-variables.ts';

const functions = new Map<string, ScalarFunction>(
  [
    stringFunctions,
    searchFunctions,
    concatFunctions,
    formatFunctions,
    bitFunctions,
    choiceFunctions,
    dateBucketFunctions,
    timeZoneFunctions,
    moduleFunctions,
    hashFunctions,
    mathFunctions,
    currentTimeFunctions,
    dateFunctions,
    dateConstructionFunctions,
    nullFunctions,
    typeFunctions,
    jsonFunctions,
    errorFunctions,
    sessionFunctions,
    metadataFunctions,
  ].flatMap((family) => family.map((definition) => [definition.name, definition] as const)),
);

/** The built-in scalar function of that name (any case); undefined when there is none. */
export function findScalarFunction(name: string): ScalarFunction | undefined {
  return functions.get(name) ?? functions.get(name.toUpperCase());
}
