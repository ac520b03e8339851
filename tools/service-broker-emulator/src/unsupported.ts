import { unsupportedConstruct } from './errors.ts';

/**
 * Refuses a valid construct of T-SQL that the emulator does not have: error 40000, never a silent no-op.
 *
 * @param construct what the client wrote, as a noun phrase, for example `PIVOT` or `CREATE FULLTEXT INDEX`
 * @param line 1-based line in the batch; 0 lets the interpreter fill in the statement's line
 * @throws {SqlError} always
 */
export function unsupported(construct: string, line = 0): never {
  throw unsupportedConstruct(construct, line);
}
