import {
  classifyBrokerFailure,
  firstFailure,
  ProbeTimeoutError,
  type ReceiveFailure,
} from '@hartonomous/broker-client';
import type { Check, QueueWorker } from './definition.ts';

/**
 * Sorts an error of a batch or a probe: by the checks, the dependencies in their order, and last as one of SQL Server. An error that
 * none of them recognizes is a defect, and fatal.
 */
export function classifyFailure(
  error: unknown,
  dependencies: Readonly<Record<string, Pick<QueueWorker<never>['dependencies'][string], 'classify'>>>,
  checks: Readonly<Record<string, Check>>,
): ReceiveFailure<string> {
  const first = firstFailure(error);
  if (!(first instanceof Error)) return { kind: 'fatal', error: first };
  if (first instanceof ProbeTimeoutError) return { kind: 'outage', dependency: first.dependency, error: first };
  for (const [name, check] of Object.entries(checks)) {
    if (check.isFailure(first)) return { kind: 'outage', dependency: name, error: first };
  }
  for (const [name, dependency] of Object.entries(dependencies)) {
    const kind = dependency.classify(first);
    if (kind === 'fatal') return { kind, error: first };
    if (kind !== undefined) return { kind, dependency: name, error: first };
  }
  return classifyBrokerFailure(first, 'sql-server');
}
