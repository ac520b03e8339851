export {
  type DatabaseDeployment,
  type DatabaseDeploymentOptions,
  type DatabaseProgress,
  deployDatabase,
  hasChanges,
} from './database/deploy-database.ts';
export { describeObject, type ObjectName } from './database/object-name.ts';
export type { ObjectAction } from './database/plan-deployment.ts';
export { type SqlBatch, splitBatches } from './database/split-batches.ts';
export {
  BackupFolderError,
  BrokerIdentifierTakenError,
  DatabaseDriftError,
  DatabaseNameMissingError,
  DatabaseNotOnlineError,
  DeployError,
  type DriftDetail,
  describeDrift,
  ProjectFileError,
  SqlScriptError,
  UsageError,
} from './errors.ts';
export { type ExitCode, exitCodes } from './exit-codes.ts';
export type { Failure } from './failure.ts';
export { deployGraph, type GraphDeployment, type GraphDeploymentOptions } from './graph/deploy-graph.ts';
export { type GraphPlan, type GraphPlanOptions, planGraph } from './graph/plan-graph.ts';
export type { TextSink } from './output.ts';
export { type CliHost, runCli, StopRequest } from './run-cli.ts';
export type { Check } from './verify/check.ts';
export {
  type SubjectVerification,
  type Verification,
  type VerificationOptions,
  type VerificationProgress,
  type VerificationSubject,
  verifyDeployment,
} from './verify/verify-deployment.ts';
