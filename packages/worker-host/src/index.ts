export { type CommandHelp, type CommandLine, helpText, parseCommandLine } from './command-line.ts';
export {
  HealthListenError,
  HealthPortInUseError,
  IllegalTransitionError,
  InvalidHostOptionsError,
  SettingsFolderError,
  StopForcedError,
  UsageError,
  WorkerHostError,
} from './errors.ts';
export { type ExitCode, exitCodes } from './exit-codes.ts';
export {
  type HealthExtras,
  type HealthServer,
  type HealthSubject,
  type ReadinessReport,
  readinessReport,
  startHealthServer,
} from './health-server.ts';
export { instanceName } from './instance-name.ts';
export { Lifecycle } from './lifecycle.ts';
export type { LifecycleState } from './lifecycle-state.ts';
export { createLogger, type Logger, type LoggerContext } from './logging.ts';
export {
  type HealthOptions,
  healthOptionsSchema,
  type LoggingOptions,
  logFormats,
  loggingOptionsSchema,
  logLevels,
  type OtlpOptions,
  readLoggingOptions,
  readOtlpOptions,
  type StopOptions,
  stopOptionsSchema,
} from './options.ts';
export {
  ActivityReadiness,
  type ActivityReadinessOptions,
  DependencyReadiness,
  type ReadinessSource,
  type ReadinessStatus,
  Warning,
  type WarningStatus,
} from './readiness.ts';
export { reasonOf } from './reason-of.ts';
export { type CommandHost, type LoadedSettings, runCommand, type WorkerCommand } from './run-command.ts';
export { type RunWorkerOptions, runWorker } from './run-worker.ts';
export { type RuntimeFacts, runtimeFileName } from './runtime-file.ts';
export { onStopSignals, type SignalSource, type StopSignalHandlers } from './stop-signals.ts';
export { createTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.ts';
export {
  type Instruments,
  type RunningWorker,
  type WorkerContext,
  type WorkerDefinition,
  WorkerHost,
  type WorkerOutcome,
} from './worker-host.ts';
