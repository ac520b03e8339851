import { z } from 'zod';
import { longest, propertiesOf, type TelemetryItem } from './envelope.ts';

const severities: Readonly<Record<string, string>> = {
  trace: 'Verbose',
  debug: 'Verbose',
  info: 'Information',
  warn: 'Warning',
  error: 'Error',
  fatal: 'Critical',
};

const recordSchema = z.looseObject({
  time: z.iso.datetime(),
  level: z.string(),
  msg: z.string().default(''),
  err: z
    .looseObject({
      type: z.string().optional(),
      name: z.string().optional(),
      message: z.string().default(''),
      stack: z.string().optional(),
    })
    .optional(),
});

/** Fields that are said elsewhere in the item. */
const saidElsewhere = new Set(['time', 'level', 'msg', 'err', 'pid', 'hostname', 'name']);

/**
 * A line of a JSON log as an item: a message, or an exception where the line has an error. Undefined for a line that this
 * program did not log.
 */
export function logItem(line: string, tags: Readonly<Record<string, string>>): TelemetryItem | undefined {
  const record = recordSchema.safeParse(parsed(line));
  if (!record.success) return undefined;
  const { time, level, msg, err } = record.data;
  const severityLevel = severities[level] ?? 'Information';
  const fields = Object.fromEntries(Object.entries(record.data).filter(([name]) => !saidElsewhere.has(name)));
  const item = { time: new Date(time), tags };
  if (err === undefined) {
    const message = msg.slice(0, longest.message);
    return { ...item, baseType: 'MessageData', baseData: { message, severityLevel, properties: propertiesOf(fields) } };
  }
  const exception = {
    typeName: (err.type ?? err.name ?? 'Error').slice(0, longest.name),
    message: err.message.slice(0, longest.message),
    hasFullStack: err.stack !== undefined,
    stack: (err.stack ?? '').slice(0, longest.message),
  };
  const properties = propertiesOf({ ...fields, message: msg });
  return { ...item, baseType: 'ExceptionData', baseData: { exceptions: [exception], severityLevel, properties } };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
