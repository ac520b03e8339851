import { AggregationTemporality, type PushMetricExporter, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { ItemQueue } from './item-queue.ts';
import { metricItems } from './metric-items.ts';
import { spanItem } from './span-item.ts';

/** OpenTelemetry's code for a batch that was taken; the queue itself tries again where that is needed. */
const taken = { code: 0 } as const;

/** Spans into the queue. */
export function spanExporter(queue: Pick<ItemQueue, 'add' | 'flush'>): SpanExporter {
  return {
    export(spans: ReadableSpan[], done) {
      queue.add(spans.map(spanItem));
      done(taken);
    },
    forceFlush: () => queue.flush(),
    shutdown: () => queue.flush(),
  };
}

/** Metrics into the queue, as what has come since the last time: the portal adds up. */
export function metricExporter(queue: Pick<ItemQueue, 'add' | 'flush'>): PushMetricExporter {
  return {
    export(metrics: ResourceMetrics, done) {
      queue.add(metricItems(metrics));
      done(taken);
    },
    selectAggregationTemporality: () => AggregationTemporality.DELTA,
    forceFlush: () => queue.flush(),
    shutdown: () => queue.flush(),
  };
}
