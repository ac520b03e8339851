import { bitManipulationFunctions } from './bit-manipulation-functions.ts';
import { collationFunctions } from './collation-functions.ts';
import { cryptographicFunctions } from './cryptographic-functions.ts';
import { dataTypeFunctions } from './data-type-functions.ts';
import { currentTimeFunctions } from './date/current-time-functions.ts';
import { dateBucketFunctions } from './date/date-bucket.ts';
import { dateConstructionFunctions } from './date/date-construction.ts';
import { dateFunctions } from './date/date-functions.ts';
import { timeZoneFunctions } from './date/time-zone-functions.ts';
import { jsonFunctions } from './json/json-functions.ts';
import { logicalFunctions } from './logical-functions.ts';
import { mathematicalFunctions } from './mathematical-functions.ts';
import { metadataFunctions } from './metadata-functions.ts';
import type { ScalarFunction } from './scalar-function.ts';
import { securityFunctions } from './security-functions.ts';
import { concatFunctions } from './string/concat-functions.ts';
import { formatFunctions } from './string/format-functions.ts';
import { searchFunctions } from './string/search-functions.ts';
import { stringFunctions } from './string/string-functions.ts';
import { checksumFunctions } from './system/checksum-functions.ts';
import { errorFunctions } from './system/error-functions.ts';
import { nullFunctions } from './system/null-functions.ts';
import { systemFunctions } from './system/system-functions.ts';
import { triggerFunctions } from './trigger-functions.ts';

export { isDatePartFunction } from './date/date-part.ts';
export { findGlobalVariable } from './global-variables.ts';

const functions = new Map<string, ScalarFunction>(
  [
    stringFunctions,
    searchFunctions,
    concatFunctions,
    formatFunctions,
    bitManipulationFunctions,
    logicalFunctions,
    dateBucketFunctions,
    timeZoneFunctions,
    systemFunctions,
    checksumFunctions,
    cryptographicFunctions,
    collationFunctions,
    dataTypeFunctions,
    triggerFunctions,
    mathematicalFunctions,
    currentTimeFunctions,
    dateFunctions,
    dateConstructionFunctions,
    nullFunctions,
    jsonFunctions,
    errorFunctions,
    securityFunctions,
    metadataFunctions,
  ].flatMap((family) => family.map((definition) => [definition.name, definition] as const)),
);

/** The built-in scalar function of that name (any case); undefined when there is none. */
export function findScalarFunction(name: string): ScalarFunction | undefined {
  return functions.get(name) ?? functions.get(name.toUpperCase());
}
