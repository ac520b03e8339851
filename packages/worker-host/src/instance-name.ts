import { hostname } from 'node:os';

/** This process among all of its kind: host and process number, as `service.instance.id` of its telemetry has it. */
export function instanceName(): string {
  return `${hostname()}-${process.pid}`;
}
