import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { type MetricData, MetricReader, type ResourceMetrics, type ScopeMetrics } from '@opentelemetry/sdk-metrics';

/** Content type of what {@link ScrapeReader.text} gives. */
export const scrapeContentType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Most sets of labels per metric, beyond which they are added up under one. Labels come from fixed lists, so a metric that
 * comes near it has a defect, and this keeps the defect from filling memory here and in Prometheus.
 */
const maxLabelSets = 500;

/** Endings that Prometheus expects for units; what counts things has none. */
const unitEndings: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes', '1': 'ratio' };

/** Gives all metrics when somebody asks, in the text format of Prometheus. */
export class ScrapeReader extends MetricReader {
  readonly #serializer = new PrometheusSerializer(undefined, false, undefined, false, true);

  constructor() {
    super({ cardinalitySelector: () => maxLabelSets });
  }

  /**
   * All metrics as of now.
   * @throws AggregateError when a metric could not be observed
   */
  async text(): Promise<string> {
    const { resourceMetrics, errors } = await this.collect();
    if (errors.length > 0) throw new AggregateError(errors, 'Some metrics could not be observed.');
    return this.#serializer.serialize(withUnitEndings(resourceMetrics));
  }

  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}

function withUnitEndings({ resource, scopeMetrics }: ResourceMetrics): ResourceMetrics {
  return {
    resource,
    scopeMetrics: scopeMetrics.map(
      ({ scope, metrics }): ScopeMetrics => ({ scope, metrics: metrics.map(withUnitEnding) }),
    ),
  };
}

function withUnitEnding(metric: MetricData): MetricData {
  const ending = unitEndings[metric.descriptor.unit];
  if (ending === undefined) return metric;
  return { ...metric, descriptor: { ...metric.descriptor, name: `${metric.descriptor.name}_${ending}` } };
}
