import { z } from 'zod';
import { InvalidHostOptionsError } from './errors.ts';

/** The levels of {@link LoggingOptions.level}. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** How log lines look: `pretty` for people, `json` for machines. */
export const logFormats = ['pretty', 'json'] as const;

/** Schema of {@link LoggingOptions}. */
export const loggingOptionsSchema = z.strictObject({
  /** Lines below this level are left out. `debug` shows every message of a batch; more than that is only for bug hunts. */
  level: z.preprocess(
    (value) => (typeof value === 'string' ? value.trim().toLowerCase() : value),
    z.enum(logLevels).default('info'),
  ),
  /** @default `pretty` when standard output is a terminal, otherwise `json` */
  format: z.enum(logFormats).optional(),
});

/** Logging of a worker. */
export type LoggingOptions = z.infer<typeof loggingOptionsSchema>;

/** Schema of {@link HealthOptions}. */
export const healthOptionsSchema = z.strictObject({
  /** Address to listen on. Anything but a loopback address shows the state of the worker to the network. */
  host: z.string().min(1).default('127.0.0.1'),
  /** TCP port; 0 takes any free one, which the log then names. */
  port: z.int().min(0).max(65_535).default(0),
});

/** Where the health server listens. */
export type HealthOptions = z.infer<typeof healthOptionsSchema>;

/** Schema of {@link StopOptions}. */
export const stopOptionsSchema = z
  .strictObject({
    /**
     * Milliseconds from the first signal to the end of the process: the one deadline for the whole stop. A worker that fails or comes
     * to its end by itself has as long to close its connections. Too short
     * and batches are cut off and done again; longer than the service manager's own patience (systemd
     * TimeoutStopSec 90 s, Windows services 20 s, Kubernetes 30 s) and it kills the process without an exit code.
     */
    deadlineMs: z.int().min(100).max(600_000).default(20_000),
    /**
     * The last milliseconds of the deadline, after the `force` signal, in which transactions can still be rolled back
     * and connections closed. Too short and SQL Server learns of the end by a broken connection; too long and it is
     * taken from the drain.
     */
    forceGraceMs: z.int().min(10).max(60_000).default(2_000),
  })
  .refine((stop) => stop.forceGraceMs < stop.deadlineMs, {
    message: 'forceGraceMs must be smaller than deadlineMs, of which it is a part',
    path: ['forceGraceMs'],
  });

/** Times of a stop. */
export type StopOptions = z.infer<typeof stopOptionsSchema>;

/** Whether telemetry is sent by OTLP, and how often. */
export interface OtlpOptions {
  readonly metrics: boolean;
  readonly traces: boolean;
  /** Milliseconds between two exports of metrics. */
  readonly intervalMs: number;
}

const httpAddress = z.url({ protocol: /^https?$/, error: 'an http:// or https:// address' }).optional();

const otlpVariables = z.object({
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpAddress,
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: httpAddress,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpAddress,
  OTEL_METRIC_EXPORT_INTERVAL: z.coerce.number().int().min(100).max(3_600_000).default(60_000),
});

/**
 * Reads from OpenTelemetry's own environment variables whether to send telemetry by OTLP.
 * @throws InvalidHostOptionsError for an address or interval that can't be used
 */
export function readOtlpOptions(env: Readonly<Record<string, string | undefined>>): OtlpOptions {
  // An empty variable counts as none, as OpenTelemetry has it.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const variables = parseOptions(otlpVariables, 'environment', given);
  const isOn = variables.OTEL_SDK_DISABLED?.toLowerCase() !== 'true';
  const shared = variables.OTEL_EXPORTER_OTLP_ENDPOINT;
  return {
    metrics: isOn && (variables.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT ?? shared) !== undefined,
    traces: isOn && (variables.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? shared) !== undefined,
    intervalMs: variables.OTEL_METRIC_EXPORT_INTERVAL,
  };
}

/**
 * Checks options from outside.
 * @throws InvalidHostOptionsError naming every problem
 */
export function parseOptions<Schema extends z.ZodType>(schema: Schema, name: string, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidHostOptionsError(
    result.error.issues.map((issue) => `${[name, ...issue.path].join('.')}: ${issue.message}`),
  );
}

/**
 * Reads {@link LoggingOptions} where operators set them: `LOG_LEVEL` and `LOG_FORMAT` from the environment,
 * `--log-format` and `--log-level` from the command line, which wins.
 *
 * @throws InvalidHostOptionsError for an unknown level or format
 */
export function readLoggingOptions(
  env: Readonly<Record<string, string | undefined>>,
  argv: readonly string[] = [],
): LoggingOptions {
  const level = commandLineValue(argv, '--log-level') ?? (env.LOG_LEVEL || undefined);
  const format = commandLineValue(argv, '--log-format') ?? (env.LOG_FORMAT || undefined);
  return parseOptions(loggingOptionsSchema, 'logging', { level, ...(format === undefined ? {} : { format }) });
}

function commandLineValue(argv: readonly string[], option: string): string | undefined {
  for (const [index, argument] of argv.entries()) {
    if (argument === option) return argv[index + 1] ?? '';
    if (argument.startsWith(`${option}=`)) return argument.slice(option.length + 1);
  }
  return undefined;
}
