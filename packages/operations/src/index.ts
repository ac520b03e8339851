export type { ApiKey } from './api/api-key-row.ts';
export { apiKeyPrefix } from './api/api-key-text.ts';
export { type ApiKeyChoice, createApiKey, listApiKeys, revokeApiKey } from './api/api-keys.ts';
export { type ApiRole, apiRoles } from './api/api-role.ts';
export { type ApiActor, type AuditEntry, logApiAudit } from './api/audit.ts';
export {
  apiKeyPrefixes,
  checkApiKey,
  type FoundApiKey,
  findApiKey,
  noteApiKeyUse,
  tenantsWithApiKeys,
} from './api/check-api-key.ts';
export {
  ApiKeyNotFoundError,
  EntityNotFoundError,
  IngestionKeyTakenError,
  ReconcileRunLostError,
  ReconcileRunningError,
  TenantNotFoundError,
} from './api/errors.ts';
export {
  type EndedReconcileRun,
  findReconcileRun,
  finishReconcileRun,
  listReconcileRuns,
  type ReconcileChoice,
  type ReconcileDrift,
  type ReconcileProgress,
  type ReconcileReport,
  type ReconcileRun,
  type ReconcileRunState,
  reportReconcileRun,
  requestReconcileCancel,
  requestReconcileRun,
} from './api/reconcile-run-records.ts';
export { requestPause, requestResume } from './api/request-pause.ts';
export {
  type NewScheduleRequest,
  requestNewSchedule,
  requestScheduleEnabled,
  requestScheduleRemoval,
  requestScheduleSettings,
  requestScheduleTrigger,
} from './api/request-schedule.ts';
export { requestSync } from './api/request-sync.ts';
export { nameAndVersion } from './app-version.ts';
export { type AzureCommand, azureCommands } from './azure-commands.ts';
export {
  type Contraction,
  type ContractOptions,
  type ContractProgress,
  contractDatabase,
} from './database/contract/contract-database.ts';
export {
  DatabaseBehindError,
  describeOutcomes,
  describeSession,
  OlderOutcomesError,
  OlderProgramsError,
  SessionsNotSeenError,
} from './database/contract/errors.ts';
export type { OlderOutcomes } from './database/contract/older-outcomes.ts';
export type { SeenSession } from './database/contract/seen-session.ts';
export {
  type DatabaseDeployment,
  type DatabaseDeploymentOptions,
  type DatabaseProgress,
  type DeployedMigrations,
  deployDatabase,
  hasChanges,
  type MigrationName,
} from './database/deploy-database.ts';
export { type DatabaseDiff, diffDatabase, type ObjectDiff } from './database/diff-database.ts';
export { type DatabaseExport, type DatabaseExportOptions, exportDatabase } from './database/export/export-database.ts';
export type { MigrationProgress } from './database/migrations/apply-migrations.ts';
export type { MigrationRecord, MigrationReport } from './database/migrations/migration-records.ts';
export { describeObject, type ObjectName } from './database/object-name.ts';
export type { ObjectAction } from './database/plan-deployment.ts';
export type { SettingFact } from './database/setting-facts.ts';
export { type SqlBatch, splitBatches } from './database/split-batches.ts';
export { type DatabaseTypes, type DatabaseTypesOptions, databaseTypes } from './database/types/database-types.ts';
export type { DeadLetterQueue, ReplayPlan } from './dead-letter/dead-letter-queue.ts';
export { deadLetterQueueOf } from './dead-letter/dead-letter-queues.ts';
export { describeReplay, replayPreview } from './dead-letter/describe-replay.ts';
export type { PreviewValue, SyncPreview } from './dead-letter/preview-sync.ts';
export { type ReasonGroup, reasonGroups } from './dead-letter/reason-groups.ts';
export {
  type LetterReplay,
  type ReplayDeadLettersOptions,
  replayDeadLetters,
} from './dead-letter/replay-dead-letters.ts';
export { type AppliedFix, applyFixes, type FixTargets, type PlannedFix, planFixes } from './doctor/apply-fixes.ts';
export { azureFindings } from './doctor/azure-findings.ts';
export {
  type Diagnosis,
  type DiagnosisProgress,
  type DiagnosisSubject,
  diagnose,
  type Examination,
  type SubjectDiagnosis,
} from './doctor/diagnose.ts';
export { embeddingFindings } from './doctor/embedding-findings.ts';
export { type EndedLeaks, type EndLeaksOptions, endLeaks } from './doctor/end-leaks.ts';
export { type DatabaseExpectations, examineDatabase } from './doctor/examine-database.ts';
export { examineGraph } from './doctor/examine-graph.ts';
export { settingsFindings } from './doctor/examine-settings.ts';
export { type Finding, findingOf } from './doctor/finding.ts';
export { machineFindings } from './doctor/machine-findings.ts';
export { sendCanary } from './doctor/send-canary.ts';
export { type WorkerAddress, workerFindings } from './doctor/worker-findings.ts';
export { type BackfillState, backfillEmbeddings } from './embeddings/backfill.ts';
export {
  EmbeddingModelNotFullError,
  EmbeddingModelUnknownError,
  EmbeddingModelUnusableError,
  NoEmbeddingModelError,
  QuestionClassifiedError,
  QuestionNotEmbeddedError,
} from './embeddings/errors.ts';
export {
  type FindSimilarOptions,
  findSimilar,
  type SimilarAtom,
  type SimilarAtoms,
  type SimilarTo,
} from './embeddings/find-similar.ts';
export { createModelIndexes, type ModelIndexes } from './embeddings/model-indexes.ts';
export {
  type DatabaseModel,
  disableModel,
  enableModel,
  listModels,
  type ModelChoice,
  planModel,
  requireModel,
  setPaused,
} from './embeddings/models.ts';
export { type ReadSwitch, readModel } from './embeddings/read-model.ts';
export { type RetryOptions, retryEmbeddings } from './embeddings/retry.ts';
export { type EmbeddingStatus, embeddingStatus, type UsageSums } from './embeddings/status.ts';
export { syncVectors } from './embeddings/sync-vectors.ts';
export {
  AzureSqlDatabaseError,
  BackupFolderError,
  BrokerIdentifierTakenError,
  CompatibilityLevelError,
  DatabaseDriftError,
  DatabaseNameMissingError,
  DatabaseNewerError,
  DatabaseNotOnlineError,
  DeployError,
  DeploymentLockedError,
  type DriftDetail,
  describeDrift,
  ExportFolderError,
  IngestFileError,
  MigrationChangedError,
  MigrationFailedError,
  ProjectFileError,
  ServiceCommandError,
  ServiceManagerError,
  ServiceOptionError,
  ServiceStateError,
  SqlScriptError,
  SqlServerTooOldError,
  StatementRefusedError,
  TenantExistsError,
} from './errors.ts';
export { type Failure, failureOf } from './failure.ts';
export { type Fix, fixText } from './fix.ts';
export { deployGraph, type GraphDeployment, type GraphDeploymentOptions } from './graph/deploy-graph.ts';
export { type GraphPlan, type GraphPlanOptions, planGraph } from './graph/plan-graph.ts';
export {
  type FileSelection,
  type IngestEvent,
  type IngestFilesOptions,
  ingestFiles,
  type PlanEvent,
  planIngestion,
  type SelectionEvent,
} from './ingest/ingest-files.ts';
export { ingestStream, type StreamedFile, type StreamedIngestion } from './ingest/ingest-stream.ts';
export { countJobs, findJob, type Job, type JobFilter, jobsAfter, jobsOf, listJobs } from './ingest/jobs.ts';
export { ingestionQueueAge } from './ingest/queue-age.ts';
export { checkFileName, type ReadingOptions } from './ingest/send-file.ts';
export type { FailureKind, Outcome } from './outcome.ts';
export { peekedBytes, peekQueue, type WaitingMessage } from './queues/peek-queue.ts';
export {
  awaitPaused,
  type PauseProgress,
  type PauseRequest,
  type PauseScope,
  pauseQueue,
  type QueuePause,
  type QueueWorkerInstance,
  queuePauses,
  queueWorkers,
  resumeQueue,
  scopeText,
} from './queues/queue-pauses.ts';
export { type QueueState, queueStates } from './queues/queue-state.ts';
export { NotASmallFileError, readBoundedText } from './read-bounded-text.ts';
export { muchDeleted } from './reconcile/much-deleted.ts';
export {
  type ComparedRange,
  type EntityReconciliation,
  type ReconcileRunOptions,
  type Reconciliation,
  reconcile,
} from './reconcile/reconcile.ts';
export {
  type DeployReleaseOptions,
  deployRelease,
  type ReleaseOutcome,
  type RollbackOptions,
  rollbackRelease,
} from './release/deploy-release.ts';
export { type ListedRelease, listReleases, type ReleaseList } from './release/list-releases.ts';
export type { ProbeOptions, ProbeResult } from './release/probe.ts';
export { probeWorker } from './release/probe-worker.ts';
export { releaseFolders } from './release/release-folders.ts';
export type { ReleaseEntry } from './release/release-journal.ts';
export type { ReleaseOptions } from './release/release-run.ts';
export type { Release } from './release/stage-artifact.ts';
export { verifyRelease } from './release/verify-release.ts';
export { type CronTime, cronTime } from './schedules/cron-time.ts';
export {
  ScheduleDisabledError,
  ScheduleExistsError,
  ScheduleLeaseLostError,
  ScheduleUnknownError,
  ScheduleUnusableError,
} from './schedules/errors.ts';
export { type KindRight, kindRights, type ScheduleKindFacts, scheduleKindFacts } from './schedules/kinds/kinds.ts';
export type { ScheduleTargets } from './schedules/kinds/schedule-work.ts';
export { type RunSchedulesOptions, runSchedules, type ScheduleEvent } from './schedules/run-schedules.ts';
export type { ScheduleResult } from './schedules/schedule-lease.ts';
export {
  addSchedule,
  changeSchedule,
  enableSchedule,
  listSchedules,
  type NewSchedule,
  removeSchedule,
  type Schedule,
  type ScheduleChange,
  type ScheduleHistoryQuery,
  type ScheduleRun,
  type ScheduleSettings,
  scheduleHistory,
  triggerSchedule,
} from './schedules/schedules.ts';
export { openGraph } from './servers/graph.ts';
export { openSqlServer, type SqlServerOptions } from './servers/sql-server.ts';
export { type AppliedStep, applySteps } from './service/apply-steps.ts';
export { type ServiceStep, stepText } from './service/service-step.ts';
export {
  readDropIn,
  requireInstalled,
  requireSystemd,
  type SystemdInstallOptions,
  type SystemdState,
  settingsFiles,
  systemdInstallSteps,
  systemdState,
  systemdUninstallSteps,
  systemUnitFolder,
} from './service/systemd-service.ts';
export { systemdUnit } from './service/systemd-unit.ts';
export {
  planWinswInstall,
  planWinswUninstall,
  type WinswOptions,
  winswAccount,
  winswFiles,
  workerLoginSql,
} from './service/winsw-plan.ts';
export { type WorkerService, workerServices } from './service/worker-services.ts';
export { workersRoots } from './service/workers-root.ts';
export { runSql, type SqlAnswer } from './statements/run-sql.ts';
export { type EntityHistoryQuery, entityHistory, type SyncLogEntry } from './sync-log/entity-history.ts';
export { type SyncLag, syncLag, usualLagMinutes } from './sync-log/sync-lag.ts';
export { addTenant, listTenants, type TenantRow } from './tenants/tenants.ts';
export type { Check } from './verify/check.ts';
export { graphNotes } from './verify/graph-checks.ts';
export {
  type SubjectVerification,
  type Verification,
  type VerificationOptions,
  type VerificationProgress,
  type VerificationSubject,
  verifyDeployment,
} from './verify/verify-deployment.ts';
export {
  type NothingSeen,
  type WatchedQueue,
  type WatchOptions,
  type WorkRate,
  type WorkSeen,
  watchWork,
} from './watch/watch-work.ts';
