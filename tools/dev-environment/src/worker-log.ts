import { z } from 'zod';

const logLine = z.looseObject({ level: z.union([z.number(), z.string()]), msg: z.string() });

const levelNames: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

/** A line of the worker's JSON log for people: level and message. Lines that aren't log entries stay as they are. */
export function readableLogLine(line: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return line;
  }
  const entry = logLine.safeParse(parsed);
  if (!entry.success) return line;
  const { level, msg } = entry.data;
  return `${typeof level === 'number' ? (levelNames[level] ?? level) : level}: ${msg}`;
}
