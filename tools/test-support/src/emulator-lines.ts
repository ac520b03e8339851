import { ReportedFailureError } from './errors.ts';

/**
 * The port in the line of `service-broker-emulator --json` that reports it is listening; undefined for any other line. For `ready` of
 * {@link ChildService.start}.
 *
 * @throws ReportedFailureError for the line with the reason why it can't start
 */
export function emulatorPort(line: string): number | undefined {
  const event = eventOf(line);
  if (event?.event === 'listening' && typeof event.port === 'number') return event.port;
  if (event?.event !== 'error') return undefined;
  const code = typeof event.code === 'string' ? event.code : 'EMULATOR_FAILED';
  const text = typeof event.text === 'string' ? event.text : line;
  throw new ReportedFailureError(code, text.replace(/^service-broker-emulator: /, '').replace(` (${code})`, ''));
}

interface EmulatorEvent {
  readonly event?: unknown;
  readonly port?: unknown;
  readonly code?: unknown;
  readonly text?: unknown;
}

/** Undefined for lines of Node's own, such as warnings. */
function eventOf(line: string): EmulatorEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as EmulatorEvent;
  } catch {
    return undefined;
  }
}
