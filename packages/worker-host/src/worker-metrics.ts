import type { Meter } from '@opentelemetry/api';
import { type HealthSubject, readinessReport } from './health-server.ts';

/** Measures what every worker has: its readiness, that of each dependency, and what the process uses. */
export function observeWorker(meter: Meter, subject: HealthSubject): void {
  meter
    .createObservableGauge('worker.ready', { description: '1 while /health/ready answers 200, otherwise 0' })
    .addCallback((result) => result.observe(readinessReport(subject).status === 'ready' ? 1 : 0));
  meter
    .createObservableGauge('worker.dependency.up', {
      description: '1 while the dependency (or activity) in `dependency` is up, otherwise 0',
    })
    .addCallback((result) => {
      for (const { name, state } of readinessReport(subject).dependencies) {
        result.observe(state === 'up' ? 1 : 0, { dependency: name });
      }
    });
  meter
    .createObservableGauge('worker.warnings', {
      description: '1 while /health/ready shows the warning in `warning`, otherwise 0',
    })
    .addCallback((result) => {
      for (const { name, status } of subject.warnings ?? []) {
        result.observe(status === undefined ? 0 : 1, { warning: name });
      }
    });
  meter
    .createObservableGauge('process.memory.usage', { description: 'Resident set size', unit: 'By' })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
  meter
    .createObservableGauge('v8js.memory.heap.used', { description: 'JavaScript heap in use', unit: 'By' })
    .addCallback((result) => result.observe(process.memoryUsage().heapUsed));
  meter
    .createObservableCounter('process.cpu.time', { description: 'CPU time of the process', unit: 's' })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe(user / 1e6, { 'cpu.mode': 'user' });
      result.observe(system / 1e6, { 'cpu.mode': 'system' });
    });
  meter
    .createObservableGauge('process.uptime', { description: 'Time since the process was started', unit: 's' })
    .addCallback((result) => result.observe(process.uptime()));
  let before = performance.eventLoopUtilization();
  meter
    .createObservableGauge('nodejs.eventloop.utilization', {
      description: 'Share of the time since the last sample that the event loop was busy',
      unit: '1',
    })
    .addCallback((result) => {
      const now = performance.eventLoopUtilization();
      result.observe(performance.eventLoopUtilization(now, before).utilization);
      before = now;
    });
}
