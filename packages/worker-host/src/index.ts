export {
  HealthListenError,
  HealthPortInUseError,
  IllegalTransitionError,
  InvalidHostOptionsError,
  StopForcedError,
  WorkerHostError,
} from './errors.ts';
export { type ExitCode, exitCodes } from './exit-codes.ts';
export {
  type HealthServer,
  type HealthSubject,
  type ReadinessReport,
  readinessReport,
  startHealthServer,
} from './health-server.ts';
export { Lifecycle, type LifecycleState } from './lifecycle.ts';
export { createLogger, type Logger, type LoggerContext } from './logging.ts';
export {
  type HealthOptions,
  healthOptionsSchema,
  type LoggingOptions,
  logFormats,
  loggingOptionsSchema,
  logLevels,
  readLoggingOptions,
  type StopOptions,
  stopOptionsSchema,
} from './options.ts';
export {
  ActivityReadiness,
  type ActivityReadinessOptions,
  DependencyReadiness,
  type ReadinessSource,
  type ReadinessStatus,
} from './readiness.ts';
export { isSecretName, redacted, redactText, redactValue, serializeError } from './redaction.ts';
export { type RunWorkerOptions, runWorker } from './run-worker.ts';
export { onStopSignals, type SignalSource, type StopSignalHandlers } from './stop-signals.ts';
export {
  type RunningWorker,
  type WorkerContext,
  type WorkerDefinition,
  WorkerHost,
  type WorkerOutcome,
} from './worker-host.ts';
