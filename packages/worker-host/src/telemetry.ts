import { redactText } from '@hartonomous/redaction';
import { type DiagLogger, DiagLogLevel, diag, type Meter, type Tracer } from '@opentelemetry/api';
import { type IMetricReader, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from './logging.ts';
import { type OtlpOptions, readOtlpOptions } from './options.ts';
import { ScrapeReader } from './scrape-reader.ts';
import { type ServiceName, serviceResource } from './service-resource.ts';

/** Options of {@link createTelemetry}. */
export interface TelemetryOptions extends ServiceName {
  /** Where `OTEL_...` variables are. The exporters themselves read more of them (headers, time-outs) from `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told when an export fails; the worker goes on. */
  readonly logger: Logger;
  /** Where metrics go besides, for example to Application Insights. */
  readonly readers?: readonly IMetricReader[];
  /** Where spans go besides. */
  readonly spanProcessors?: readonly SpanProcessor[];
}

/** Metrics and traces of a process. */
export interface Telemetry extends AsyncDisposable {
  readonly meter: Meter;
  /** Spans go nowhere, and cost next to nothing, unless a place for them is configured. */
  readonly tracer: Tracer;
  /** All metrics as of now, in the text format of Prometheus. */
  scrape(): Promise<string>;
}

/** Longest time that the last export may take, in milliseconds: a dead collector must not keep a worker from stopping. */
const lastExportMs = 1_500;

/**
 * Sets up OpenTelemetry: metrics to be scraped, and where `OTEL_EXPORTER_OTLP_ENDPOINT` (or the one for metrics or traces
 * alone) is set, metrics and spans sent to that collector by OTLP over HTTP. Disposing sends what is left, once.
 *
 * @throws InvalidHostOptionsError for `OTEL_...` variables that can't be used
 */
export async function createTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { serviceName, env, logger } = options;
  const otlp = readOtlpOptions(env);
  diag.setLogger(diagnosticsTo(logger), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const resource = serviceResource(options);
  const scraped = new ScrapeReader();
  const meterProvider = new MeterProvider({
    resource,
    readers: [scraped, ...(options.readers ?? []), ...(await otlpReaders(otlp))],
  });
  const spanProcessors = [...(options.spanProcessors ?? []), ...(await otlpSpanProcessors(otlp))];
  const tracerProvider = new TracerProvider({ resource, spanProcessors });
  if (otlp.metrics || otlp.traces) {
    logger.info({ metrics: otlp.metrics, traces: otlp.traces }, 'Telemetry is sent by OTLP, as OTEL_... variables ask');
  }
  return {
    meter: meterProvider.getMeter(serviceName),
    tracer: tracerProvider.getTracer(serviceName),
    scrape: () => scraped.text(),
    [Symbol.asyncDispose]: async () => {
      const ended = Promise.allSettled([
        meterProvider.shutdown({ timeoutMillis: lastExportMs }),
        tracerProvider.shutdown(),
      ]);
      const results = await Promise.race([ended, after(lastExportMs)]);
      const failed = results?.find((result) => result.status === 'rejected');
      if (failed !== undefined) logger.warn({ err: failed.reason }, 'The last telemetry could not be sent');
      else if (results === undefined) logger.warn(`The last telemetry was not sent within ${lastExportMs} ms`);
    },
  };
}

async function otlpReaders({ metrics, intervalMs }: OtlpOptions): Promise<IMetricReader[]> {
  if (!metrics) return [];
  const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-http');
  const exporter = new OTLPMetricExporter();
  const exportTimeoutMillis = Math.min(intervalMs, 30_000);
  return [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: intervalMs, exportTimeoutMillis })];
}

async function otlpSpanProcessors({ traces }: OtlpOptions): Promise<SpanProcessor[]> {
  if (!traces) return [];
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  return [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })];
}

/** An unavailable collector fails every export: reported once, until another failure is. */
function diagnosticsTo(logger: Logger): DiagLogger {
  let last: string | undefined;
  const tell = (message: string, ...details: unknown[]) => {
    const text = redactText([message, ...details.map(String)].join(' '));
    const level = text === last ? 'debug' : 'warn';
    last = text;
    logger[level]({ source: 'opentelemetry' }, text);
  };
  return { error: tell, warn: tell, info: () => {}, debug: () => {}, verbose: () => {} };
}

function after(ms: number): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  setTimeout(resolve, ms, undefined).unref();
  return promise;
}
