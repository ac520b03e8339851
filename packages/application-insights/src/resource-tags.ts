import type { Resource } from '@opentelemetry/resources';

/** What the portal shows as role and instance: `service.namespace.service.name`, and `service.instance.id`. */
export function resourceTags({ attributes }: Pick<Resource, 'attributes'>): Record<string, string> {
  const text = (name: string) => {
    const value = attributes[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const name = text('service.name');
  const namespace = text('service.namespace');
  const instance = text('service.instance.id');
  const role = name === undefined || namespace === undefined ? name : `${namespace}.${name}`;
  return {
    ...(role === undefined ? {} : { 'ai.cloud.role': role }),
    ...(instance === undefined ? {} : { 'ai.cloud.roleInstance': instance }),
  };
}
