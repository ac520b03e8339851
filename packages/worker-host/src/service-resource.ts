import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { instanceName } from './instance-name.ts';

/** Whose telemetry it is. */
export interface ServiceName {
  /** Stable name of the app, for example `neo4j-sync-worker`. `OTEL_SERVICE_NAME` overrides it. */
  readonly serviceName: string;
  /** What the app belongs to. */
  readonly serviceNamespace?: string;
}

/** The app and its process, as all its telemetry has it. */
export function serviceResource({ serviceName, serviceNamespace }: ServiceName): Resource {
  return defaultResource()
    .merge(
      resourceFromAttributes({
        'service.name': serviceName,
        ...(serviceNamespace === undefined ? {} : { 'service.namespace': serviceNamespace }),
        'service.instance.id': instanceName(),
      }),
    )
    .merge(detectResources({ detectors: [envDetector] }));
}
