import type { Resource } from '@opentelemetry/resources';
import { type IMetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace';
import { parseConnectionString } from './connection-string.ts';
import { metricExporter, spanExporter } from './exporters.ts';
import { ItemQueue } from './item-queue.ts';
import { logItem } from './log-item.ts';
import { resourceTags } from './resource-tags.ts';

/** Options of {@link openApplicationInsights}. */
export interface ApplicationInsightsOptions {
  /** As the portal shows it. */
  readonly connectionString: string;
  /** Told when telemetry can't be sent. Must not log to {@link ApplicationInsights.log} itself, or each failure makes the next item. */
  readonly onProblem: (text: string) => void;
  /** Milliseconds between two exports of metrics. @default 60000 */
  readonly metricIntervalMs?: number;
  /** Milliseconds that items are gathered before they are sent. @default 5000 */
  readonly intervalMs?: number;
  /** Certificate of an authority besides those of Node. */
  readonly ca?: string;
}

/** A way to Application Insights. Dispose it at the end: it sends what is left, once. */
export interface ApplicationInsights extends AsyncDisposable {
  /** Host that telemetry goes to. */
  readonly host: string;
  readonly readers: readonly IMetricReader[];
  readonly spanProcessors: readonly SpanProcessor[];
  /** Takes a line of a JSON log. */
  log(line: string, resource: Pick<Resource, 'attributes'>): void;
}

/**
 * Opens a way to Application Insights; connects when there is something to send.
 *
 * @throws ConnectionStringInvalidError
 */
export function openApplicationInsights(options: ApplicationInsightsOptions): ApplicationInsights {
  const { connectionString, onProblem, metricIntervalMs = 60_000, intervalMs, ca } = options;
  const connection = parseConnectionString(connectionString);
  const queue = new ItemQueue({ connection, onProblem, ca, ...(intervalMs === undefined ? {} : { intervalMs }) });
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter(queue),
    exportIntervalMillis: metricIntervalMs,
    exportTimeoutMillis: Math.min(metricIntervalMs, 30_000),
  });
  return {
    host: new URL(connection.endpoint).host,
    readers: [reader],
    spanProcessors: [new BatchSpanProcessor({ exporter: spanExporter(queue) })],
    log: (line, resource) => {
      const item = logItem(line, resourceTags(resource));
      if (item !== undefined) queue.add([item]);
    },
    [Symbol.asyncDispose]: () => queue[Symbol.asyncDispose](),
  };
}
