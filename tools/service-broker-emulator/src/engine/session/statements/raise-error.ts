import type { SqlError } from '../../../errors.ts';
import type { Expression } from '../../../tsql/ast/expressions.ts';
import type { RaiserrorStatement, ThrowStatement } from '../../../tsql/ast/raise-error.ts';
import { formatMessage } from '../../functions/string/message-format.ts';
import { convertValue } from '../../types/convert.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { UserError } from '../user-error.ts';
import {
  rethrowOutsideCatch,
  severityNeedsLog,
  systemMessageNotFound,
  throwNumberOutOfRange,
} from './errors/execution-errors.ts';
import type { Of } from './variables.ts';

/** Number of RAISERROR with a text of its own. */
const adHocMessageNumber = 50_000;

/** Longest message of RAISERROR and THROW; what is longer ends in an ellipsis. */
const maximumMessageLength = 2_047;

/** Messages of the server that its own procedures raise; others of sys.messages are not here. */
const systemMessages: Readonly<Partial<Record<number, string>>> = {
  15002: "The procedure '%s' cannot be executed within a transaction.",
  15007: "'%s' is not a valid login or you do not have permission.",
  15009: "The object '%s' does not exist in database '%s' or is invalid for this operation.",
  15014: "The role '%s' does not exist in the current database.",
  15033: "'%s' is not a valid official language name.",
  15197: "There is no text for object '%s'.",
  15250: 'The database name component of the object qualifier must be the name of the current database.',
  15252: 'The primary or foreign key table name must be given.',
  15305: "The @TriggerType parameter value must be 'insert', 'update', or 'delete'.",
  15363: "The role '%s' already exists in the current database.",
  15402: "'%s' is not a fixed server role.",
  15410: "User or role '%s' does not exist in this database.",
  15469: "No constraints are defined on object '%s', or you do not have permissions.",
  15470: "No foreign keys reference table '%s', or you do not have permissions on referencing tables.",
  15472: "The object '%s' does not have any indexes, or you do not have permissions.",
};

function integer(run: Interpreter, expression: Expression, frame: ModuleFrame): number {
  const { type, value } = run.session.scalar(expression, frame);
  const number = convertValue(value, type, { name: 'int' }, { explicit: false });
  return typeof number === 'number' ? number : 0;
}

function text(run: Interpreter, expression: Expression, frame: ModuleFrame): string {
  const { type, value } = run.session.scalar(expression, frame);
  const converted = convertValue(
    value,
    type,
    { name: 'nvarchar', length: 'max' },
    {
      explicit: true,
      dates: run.session.options.dates,
    },
  );
  return typeof converted === 'string' ? converted : '';
}

export function runRaiserror(run: Interpreter, statement: RaiserrorStatement, frame: ModuleFrame): void {
  const first = run.session.scalar(statement.message, frame);
  const severity = Math.min(Math.max(integer(run, statement.severity, frame), 0), 25);
  const state = Math.min(Math.abs(integer(run, statement.state, frame)), 255);
  const values = statement.arguments.map((argument) => run.session.scalar(argument, frame).value);
  let number = adHocMessageNumber;
  let message: string;
  if (typeof first.value === 'number') {
    number = first.value;
    const known = systemMessages[number];
    if (known === undefined && number !== adHocMessageNumber) {
      throw systemMessageNotFound(number, severity);
    }
    message = known === undefined ? '' : formatMessage(known, values);
  } else {
    message = formatMessage(text(run, statement.message, frame), values);
  }
  if (message.length > maximumMessageLength) message = `${message.slice(0, maximumMessageLength - 3)}...`;
  if (severity <= 10) {
    run.sink.info({ number, state, severity, text: message, procedure: frame.procedure, line: statement.line });
    run.session.statement.error = statement.options.includes('SETERROR') ? number : 0;
    return;
  }
  if (severity > 18 && !statement.options.includes('LOG')) {
    throw severityNeedsLog();
  }
  throw new UserError('raiserror', message, {
    number,
    severity,
    state,
    line: statement.line,
    procedure: frame.procedure,
  });
}

/** The error that a bare THROW raises again: the innermost one being handled in this module. */
function rethrown(frame: ModuleFrame): SqlError {
  const caught = frame.caught.at(-1);
  if (caught === undefined) {
    return rethrowOutsideCatch();
  }
  return new UserError('throw', caught.message, {
    number: caught.number,
    severity: caught.severity,
    state: caught.state,
    line: caught.line,
    procedure: caught.procedure ?? '',
  });
}

/** What THROW would format, if it took values: with one of these in it, no text is left. */
const placeholder = /%[diosxXu]/;

/**
 * The text that the message of THROW stands for: `%` is said by two of them, alone it is not shown, and what would be the place of a
 * value takes the whole text away but for a blank. Source: Microsoft's "THROW", and what SQL Server 2012 and 2014 were seen to do.
 */
function thrownText(message: string): string {
  const parts = message.split('%%');
  return parts.some((part) => placeholder.test(part))
    ? ' '
    : parts.map((part) => part.replaceAll('%n', '\n').replaceAll('%', '')).join('%');
}

export function runThrow(run: Interpreter, statement: ThrowStatement, frame: ModuleFrame): void {
  if (statement.error === undefined) throw rethrown(frame);
  const number = integer(run, statement.error.number, frame);
  if (number < adHocMessageNumber) {
    throw throwNumberOutOfRange(number);
  }
  const message = thrownText(text(run, statement.error.message, frame)).slice(0, maximumMessageLength);
  const state = integer(run, statement.error.state, frame) & 0xff;
  throw new UserError('throw', message, {
    number,
    severity: 16,
    state,
    line: statement.line,
    procedure: frame.procedure,
  });
}

export function runPrint(run: Interpreter, statement: Of<'print'>, frame: ModuleFrame): void {
  const { type, value } = run.session.scalar(statement.value, frame);
  const text = convertValue(
    value,
    type,
    { name: 'nvarchar', length: 4000 },
    {
      explicit: true,
      dates: run.session.options.dates,
    },
  );
  run.sink.info({
    number: 0,
    state: 1,
    severity: 0,
    text: typeof text === 'string' ? text : '',
    procedure: frame.procedure,
    line: statement.line,
  });
  run.completeWithoutCount(frame);
}
