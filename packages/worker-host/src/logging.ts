import { isatty } from 'node:tty';
import { escapeControls, redactRecord, redactText, redactValue } from '@hartonomous/redaction';
import {
  type Bindings,
  type ChildLoggerOptions,
  type DestinationStream,
  type Logger as PinoLogger,
  pino,
  stdTimeFunctions,
} from 'pino';
import { prettyFactory } from 'pino-pretty';
import { LogStream } from './log-stream.ts';
import type { LoggingOptions } from './options.ts';

/** The logger that workers get: pino, with secrets replaced. */
export type Logger = PinoLogger;

/** What {@link createLogger} needs besides the options. */
export interface LoggerContext {
  /** Name of the app, in every line. */
  readonly name: string;
  /** File descriptor to write to. @default 1, standard output */
  readonly fileDescriptor?: number;
  /** Whether that descriptor is a terminal. @default whether it is one */
  readonly isTerminal?: boolean;
  /** Gets each line besides, as JSON whatever the format. */
  readonly also?: (line: string) => void;
}

/**
 * Creates the logger of an app: readable lines on a terminal, one JSON object per line otherwise.
 *
 * Lines are written at once: the cost (some 10 µs a line, and workers log per batch, not per message) buys that no line is lost
 * however the process ends. A reader that is slow or gone holds up nothing (see {@link LogStream}). Secrets are replaced by `***` in
 * fields, messages and errors, and nothing of them acts on a terminal.
 */
export function createLogger(options: LoggingOptions, context: LoggerContext): Logger {
  const fileDescriptor = context.fileDescriptor ?? 1;
  const isTerminal = context.isTerminal ?? isatty(fileDescriptor);
  const format = options.format ?? (isTerminal ? 'pretty' : 'json');
  const lines = new LogStream(fileDescriptor, {
    onLeftOut: (leftOut) =>
      logger.warn({ leftOut }, `${leftOut} log lines were left out, because the log's reader was too slow`),
  });
  const logger: Logger = pino(
    {
      name: context.name,
      level: options.level,
      timestamp: stdTimeFunctions.isoTime,
      // redactRecord has already described the error; pino's own serializer would drop its typed fields.
      serializers: { err: (described: unknown) => described },
      formatters: {
        level: (label) => ({ level: label }),
        bindings: redactRecord,
        log: redactRecord,
      },
      hooks: {
        logMethod(args, method) {
          const [first, ...rest] = args as [unknown, ...unknown[]];
          const safe: unknown[] = [typeof first === 'string' ? redactText(first) : first, ...rest.map(redactValue)];
          const error = loggedError(first);
          // pino would take the error's own message, as it stands, for a line that has none.
          if (error !== undefined && rest.length === 0) safe.push(redactText(error.message));
          Reflect.apply(method, this, safe);
        },
      },
    },
    withCopy(format === 'pretty' ? prettyStream(lines, isTerminal) : jsonStream(lines), context.also),
  );
  return withRedactedChildren(logger);
}

/** pino turns the formatter of bindings off for child loggers, so a secret in a child's own fields would pass. */
function withRedactedChildren(logger: Logger): Logger {
  const createChild: (this: Logger, bindings: Bindings, options?: ChildLoggerOptions) => Logger = logger.child;
  const child = function (this: Logger, bindings: Bindings, options: ChildLoggerOptions = {}): Logger {
    return createChild.call(this, bindings, {
      ...options,
      formatters: { ...options.formatters, bindings: redactRecord },
    });
  };
  return Object.assign(logger, { child });
}

function loggedError(first: unknown): Error | undefined {
  if (first instanceof Error) return first;
  if (typeof first === 'object' && first !== null && 'err' in first && first.err instanceof Error) return first.err;
  return undefined;
}

function withCopy(stream: DestinationStream, also: LoggerContext['also']): DestinationStream {
  if (also === undefined) return stream;
  return {
    write: (line) => {
      stream.write(line);
      also(line);
    },
  };
}

/** JSON stands in strings only, so what is escaped keeps its value. */
function jsonStream(lines: LogStream): DestinationStream {
  return { write: (line) => lines.write(escapeControls(line, { keepLineFeeds: true })) };
}

function prettyStream(lines: LogStream, colorize: boolean): DestinationStream {
  const pretty = prettyFactory({
    colorize,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname,name',
    errorLikeObjectKeys: ['err', 'error'],
  });
  return { write: (line) => lines.write(pretty(escapedFields(line))) };
}

/** A line's fields with nothing in them that acts on a terminal. The printer itself sets in the lines of a stack. */
function escapedFields(line: string): object {
  return JSON.parse(line, (name, value: unknown) => {
    if (typeof value === 'string') return escapeControls(value, { keepLineFeeds: name === 'stack' });
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [escapeControls(key), item]));
  });
}
