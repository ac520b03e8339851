import { quoteName } from './identifiers.ts';
import { ownerErrorNumbers } from './sql-error-numbers.ts';

/** Error 229 in English: permission, object and schema. Other languages get the general advice. */
const objectDenied =
  /^The (?<permission>[A-Z ]+) permission was denied on the object '(?<name>[^']+)'.*schema '(?<schema>[^']+)'/;

/** Error 230 in English: the same for a column. */
const columnDenied =
  /^The (?<permission>[A-Z]+) permission was denied on the column '(?<column>[^']+)' of the object '(?<name>[^']+)'.*schema '(?<schema>[^']+)'/;

/** Error 262 and 300 in English. */
const statementDenied = /^(?<permission>[A-Z ]+) permission (?:was )?denied (?:in database|on object 'server')/;

/**
 * What an administrator runs against a refusal, for people. The text of the error is only used to write the statement out;
 * what the error is, its number says.
 */
export function grantFor(number: number, text: string): string {
  if (ownerErrorNumbers.has(number)) {
    return 'the login of the user that it runs as, often the owner of the database, is missing: ALTER AUTHORIZATION ON DATABASE::[database] TO [sa];';
  }
  const object = objectDenied.exec(text)?.groups;
  if (object?.permission !== undefined && object.name !== undefined && object.schema !== undefined)
    return `GRANT ${object.permission} ON ${quoteName(object.schema)}.${quoteName(object.name)} TO [user];`;
  const denied = columnDenied.exec(text)?.groups;
  if (denied !== undefined) {
    const { permission, column = '', name = '', schema = '' } = denied;
    return `GRANT ${permission} ON ${quoteName(schema)}.${quoteName(name)} (${quoteName(column)}) TO [user];`;
  }
  const statement = statementDenied.exec(text)?.groups;
  if (statement?.permission !== undefined) return `GRANT ${statement.permission} TO [user];`;
  return "grant the permission to the login's user, or put the user into the role that has it.";
}
