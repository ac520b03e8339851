import { type DataPoint, DataPointType, type MetricData, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { longest, propertiesOf, type TelemetryItem } from './envelope.ts';
import { resourceTags } from './resource-tags.ts';

/** Each set of labels of each metric as an item. Of a histogram the portal keeps number, sum, least and greatest, and no percentiles. */
export function metricItems({ resource, scopeMetrics }: ResourceMetrics): TelemetryItem[] {
  const tags = resourceTags(resource);
  return scopeMetrics.flatMap(({ metrics }) =>
    metrics.flatMap((metric) =>
      valuesOf(metric).flatMap(({ point, value }) =>
        value === undefined
          ? []
          : [
              {
                time: new Date(point.endTime[0] * 1_000 + point.endTime[1] / 1_000_000),
                baseType: 'MetricData' as const,
                baseData: {
                  metrics: [{ name: metric.descriptor.name.slice(0, longest.name), ...value }],
                  properties: propertiesOf(point.attributes),
                },
                tags,
              },
            ],
      ),
    ),
  );
}

interface PointValue {
  readonly point: Pick<DataPoint<unknown>, 'endTime' | 'attributes'>;
  /** Undefined where there is nothing to tell of the last interval. */
  readonly value:
    | { readonly value: number; readonly count: number; readonly min?: number; readonly max?: number }
    | undefined;
}

function valuesOf(metric: MetricData): PointValue[] {
  switch (metric.dataPointType) {
    case DataPointType.SUM:
    case DataPointType.GAUGE:
      return metric.dataPoints.map((point) => ({ point, value: { value: point.value, count: 1 } }));
    case DataPointType.HISTOGRAM:
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      return metric.dataPoints.map((point) => {
        const { count, sum = 0, min, max } = point.value;
        const bounds = min === undefined || max === undefined ? {} : { min, max };
        return { point, value: count === 0 ? undefined : { value: sum, count, ...bounds } };
      });
  }
}
