import { nameOf, sqlTokens } from './sql-tokens.ts';
import { StatementReader } from './statement-reader.ts';

/** Name of the fact that holds which procedure SQL Server starts when messages come into a queue. */
export const activationFact = 'activation';

/** How SQL Server reads a queue by itself. */
export interface QueueActivation {
  /** Schema and name of the procedure, for example `dbo.sp_Handle`. */
  readonly procedure: string;
  /** How many of it run at a time at most, 0 to 32767. */
  readonly maxReaders: number;
  /** `owner`, or the user that it runs as. */
  readonly executeAs: string;
}

/** A queue's activation in words; a procedure that is named and switched off does nothing, so it is `off` like none. */
export function activationText(activation: QueueActivation | undefined): string {
  if (activation === undefined) return 'off';
  const { procedure, maxReaders, executeAs } = activation;
  return `${procedure} (at most ${maxReaders} ${maxReaders === 1 ? 'reader' : 'readers'}, as ${executeAs})`;
}

/** Schema and name of a procedure that `sys.service_queues` has with or without its database, quoted or not. */
export function activatedProcedure(text: string): string {
  const parts = [...sqlTokens(text)].flatMap((token) => nameOf(token) ?? []);
  return parts.length === 1 ? `dbo.${parts[0]}` : parts.slice(-2).join('.');
}

/**
 * The activation that a CREATE QUEUE statement declares; undefined for none and for one that is off.
 *
 * @param source for error messages
 * @throws SqlScriptError for an ACTIVATION of another form than the project's files have
 */
export function declaredActivation(text: string, source: string): QueueActivation | undefined {
  const reader = StatementReader.of(text, source);
  if (!reader.seek('ACTIVATION')) return undefined;
  let procedure: string | undefined;
  let maxReaders: number | undefined;
  let executeAs: string | undefined;
  for (const option of reader.list()) {
    if (option.accept('STATUS', '=')) {
      if (option.name().toUpperCase() === 'OFF') return undefined;
    } else if (option.accept('PROCEDURE_NAME', '=')) {
      procedure = activatedProcedure(option.rest());
    } else if (option.accept('MAX_QUEUE_READERS', '=')) {
      maxReaders = Number(option.rest());
    } else if (option.accept('EXECUTE', 'AS')) {
      executeAs = executeAsText(option.rest());
    } else throw option.unexpected('STATUS, PROCEDURE_NAME, MAX_QUEUE_READERS or EXECUTE AS');
  }
  if (procedure === undefined || maxReaders === undefined || executeAs === undefined) {
    throw reader.unexpected('ACTIVATION with PROCEDURE_NAME, MAX_QUEUE_READERS and EXECUTE AS');
  }
  return { procedure, maxReaders, executeAs };
}

/** Options of ACTIVATION, as ALTER QUEUE takes them, from a CREATE QUEUE statement; `DROP` where it has none. */
export function activationOptions(text: string, source: string): string {
  const reader = StatementReader.of(text, source);
  if (!reader.seek('ACTIVATION')) return 'DROP';
  return reader
    .list()
    .map((option) => option.rest())
    .join(', ');
}

function executeAsText(text: string): string {
  if (text.toUpperCase() === 'OWNER') return 'owner';
  return text.replace(/^N?'(.*)'$/, '$1');
}
